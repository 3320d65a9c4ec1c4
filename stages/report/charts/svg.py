"""Charts as SVG. Every text is escaped, and every position is written with one decimal."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from stages.report.charts.axis_scales import Scale, linear_scale
from stages.report.rendering.format_text import format_number

# `accent` is for what the model predicts, `muted` for what it is compared with.
Tone = Literal["muted", "accent"]
Point = tuple[float, float]

MAX_POINTS = 400
MAX_TOOLTIPS = 60
LEFT, RIGHT, TOP, BOTTOM = 62.0, 26.0, 26.0, 44.0
WIDTH, FULL_WIDTH = 480.0, 984.0


@dataclass(frozen=True)
class Line:
    """One curve, drawn as separate points if `dots` is set, and with a point at each value if `marks` is set."""

    name: str
    tone: Tone
    points: Sequence[Point]
    dots: bool = False
    marks: bool = False


@dataclass(frozen=True)
class Marker:
    """A vertical line, with a label if it is not empty, and points on it."""

    x: float
    label: str = ""
    points: Sequence[tuple[Tone, float]] = ()


@dataclass(frozen=True)
class Band:
    """A coloured range of the x axis. Its name is also its CSS class."""

    start: float
    stop: float
    name: str


@dataclass(frozen=True)
class IntervalArea:
    """The area between a lower and an upper bound. Each bound is x, lower and upper."""

    bounds: Sequence[tuple[float, float, float]]


@dataclass(frozen=True)
class Chart:
    """A drawing with its title; `legend` holds CSS classes and names."""

    title: str
    svg: Markup
    legend: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class PlotArea:
    """The axes and the size of a chart. `times` holds the time of each row if x is the number of a row."""

    x: Scale
    y: Scale
    x_name: str
    y_name: str = ""
    times: Sequence[str] = ()
    full_width: bool = False
    height: float = 300.0

    @property
    def width(self) -> float:
        return FULL_WIDTH if self.full_width else WIDTH

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM

    @property
    def right(self) -> float:
        return self.width - RIGHT

    def x_of(self, value: float) -> float:
        return LEFT + self.x.fraction(value) * (self.right - LEFT)

    def y_of(self, value: float) -> float:
        return self.bottom - self.y.fraction(value) * (self.bottom - TOP)


def position(value: float) -> str:
    """
    >>> position(12.34), position(-0.01)
    ('12.3', '0.0')
    """
    return f"{round(value, 1) + 0.0:.1f}"


def line_chart(
    lines: Sequence[Line],
    area: PlotArea,
    label: str,
    markers: Iterable[Marker] = (),
    bands: Iterable[Band] = (),
    intervals: Iterable[IntervalArea] = (),
) -> Markup:
    parts = [
        *(_band(area, band) for band in bands),
        _axes(area),
        *(_interval(area, interval) for interval in intervals),
        *(_curve(area, line) for line in lines),
        *(_marker(area, marker) for marker in markers),
    ]
    return _svg(area, label, [*parts, *(_tooltips(area, line) for line in lines)])


def scatter_chart(
    points: Sequence[Point],
    x_name: str,
    y_name: str,
    label: str,
    scale: Scale | None = None,
    tooltips: Sequence[str] | None = None,
) -> Markup:
    """Both axes have the same scale; a diagonal shows where x and y are equal. By default a tooltip has x and y."""
    scale = scale or linear_scale(value for point in points for value in point)
    area = PlotArea(scale, scale, x_name, y_name, height=420.0)
    diagonal = _line("diagonal", LEFT, area.bottom, area.right, TOP)
    texts = tooltips or [f"{x_name} {format_number(x)}, {y_name} {format_number(y)}" for x, y in points]
    dots = [_circle(area, "dot", point, "3.5", text) for point, text in zip(points, texts, strict=True)]
    return _svg(area, label, [_axes(area), diagonal, *dots])


def thin_points(points: Sequence[Point], max_count: int = MAX_POINTS) -> list[Point]:
    """About `max_count` points, among them the lowest and the highest of each part, so that every peak stays visible.

    >>> thin_points([(0, 0), (1, 9), (2, 1), (3, 2), (4, -5), (5, 0)], max_count=4)
    [(0, 0), (1, 9), (3, 2), (4, -5), (5, 0)]
    """
    return [points[index] for index in extreme_indices(np.array([y for _, y in points]), max_count)]


def extreme_indices(values: NDArray[np.float64], max_count: int = MAX_POINTS) -> list[int]:
    """The indices of the lowest and the highest value of each part, and of the last value.

    >>> extreme_indices(np.array([0.0, 9.0, 1.0, 2.0, -5.0, 0.0]), max_count=4)
    [0, 1, 3, 4, 5]
    """
    return [index for index, _ in extreme_values([values], len(values), max_count)]


def extreme_values(
    blocks: Iterable[NDArray[np.float64]], count: int, max_count: int = MAX_POINTS
) -> list[tuple[int, float]]:
    """The indices of extreme_indices, each with its value. `blocks` have `count` values together.

    >>> extreme_values([np.array([0.0, 9.0, 1.0]), np.array([2.0, -5.0, 0.0])], 6, max_count=4)
    [(0, 0.0), (1, 9.0), (3, 2.0), (4, -5.0), (5, 0.0)]
    """
    size = math.ceil(count / (max_count // 2)) if count > max_count else 1
    lowest, highest, last = dict[int, tuple[float, int, float]](), dict[int, tuple[float, int, float]](), (0, 0.0)
    start = 0
    for block in blocks:
        for first in part_starts(start, start + len(block), size):
            part = block[max(first, start) - start : first + size - start]
            for found, sign in ((lowest, 1.0), (highest, -1.0)):
                keys = np.where(np.isnan(part), np.inf, sign * part)
                position = int(keys.argmin())
                extreme = float(keys[position]), max(first, start) + position, float(part[position])
                if first not in found or extreme[0] < found[first][0]:
                    found[first] = extreme
        start += len(block)
        if len(block):
            last = start - 1, float(block[-1])
    kept = {index: value for found in (lowest, highest) for _, index, value in found.values()}
    return sorted((kept | dict([last] if start else [])).items())


def part_starts(start: int, stop: int, size: int) -> range:
    """Where the parts of `size` values begin that have one of these values.

    >>> part_starts(5, 13, 4)
    range(4, 13, 4)
    """
    return range(start // size * size, stop, size)


def _svg(area: PlotArea, label: str, parts: Iterable[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        f"{area.width:.0f}", f"{area.height:.0f}", label, Markup("").join(parts)
    )


def _axes(area: PlotArea) -> Markup:
    parts = []
    for value, text in area.y.ticks:
        y = area.y_of(value)
        parts += [_line("grid", LEFT, y, area.right, y), _text("tick end", LEFT - 8, y + 4, text)]
    parts.append(_line("axis", LEFT, area.bottom, area.right, area.bottom))
    for value, text in area.x.ticks:
        x = area.x_of(value)
        parts.append(_line("axis", x, area.bottom, x, area.bottom + 4))
        parts.append(_text("tick middle", x, area.bottom + 18, text))
    parts.append(_text("name end", area.right, area.height - 6, area.x_name))
    parts.append(_text("name", LEFT, 14, area.y_name))
    return Markup("").join(parts)


def _line(css_class: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        css_class, position(x1), position(y1), position(x2), position(y2)
    )


def _text(css_class: str, x: float, y: float, text: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(css_class, position(x), position(y), text)


def _circle(area: PlotArea, css_class: str, point: Point, radius: str, title: str = "") -> Markup:
    x, y = position(area.x_of(point[0])), position(area.y_of(point[1]))
    start = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"').format(css_class, x, y, radius)
    return start + (Markup("><title>{}</title></circle>").format(title) if title else Markup("/>"))


def _curve(area: PlotArea, line: Line) -> Markup:
    """A curve has a gap where a value is missing, and a dot for a single value between two gaps."""
    segments: list[list[Point]] = [[]]
    for point in line.points:
        if math.isfinite(point[1]):
            segments[-1].append(point)
        else:
            segments.append([])
    if line.dots:
        return Markup("").join(_point(area, line.tone, point) for segment in segments for point in segment)
    paths = [
        "M" + "L".join(f"{position(area.x_of(x))} {position(area.y_of(y))}" for x, y in segment)
        for segment in segments
        if segment
    ]
    marked = [point for segment in segments if line.marks or len(segment) == 1 for point in segment]
    marks = Markup("").join(_point(area, line.tone, point) for point in marked)
    return Markup('<path class="line {}" d="{}"/>{}').format(line.tone, " ".join(paths), marks)


def _interval(area: PlotArea, interval: IntervalArea) -> Markup:
    """Bounds beyond the y axis are drawn at its end. A single bound is a vertical line."""
    corners = [(x, high) for x, _, high in interval.bounds] + [(x, low) for x, low, _ in reversed(interval.bounds)]
    drawn = [(x, max(area.y.low, min(area.y.high, y))) for x, y in corners]
    path = "L".join(f"{position(area.x_of(x))} {position(area.y_of(y))}" for x, y in drawn)
    return Markup('<path class="interval" d="M{}Z"/>').format(path)


def _point(area: PlotArea, tone: Tone, point: Point) -> Markup:
    return _circle(area, f"point {tone}", point, "4")


def _marker(area: PlotArea, marker: Marker) -> Markup:
    x = area.x_of(marker.x)
    line = _line("marker", x, TOP - 4, x, area.bottom)
    # Near the right edge, the label ends at the line.
    css_class = "label end" if area.x.fraction(marker.x) > 0.5 else "label"
    label = [_text(css_class, x, TOP - 9, marker.label)] if marker.label else []
    points = [_point(area, tone, (marker.x, y)) for tone, y in marker.points if math.isfinite(y)]
    return Markup("").join([line, *label, *points])


def _tooltips(area: PlotArea, line: Line) -> Markup:
    """Invisible circles that show the values of a point; a long curve has them for some points only."""
    points = [point for point in line.points if math.isfinite(point[1])]
    circles = []
    for x, y in points[:: -(-len(points) // MAX_TOOLTIPS) or 1]:
        x_text = area.times[int(x)] if area.times else f"{area.x_name} {format_number(x)}"
        circles.append(_circle(area, "tooltip", (x, y), "6", f"{x_text}: {line.name} {format_number(y)}"))
    return Markup("").join(circles)


def _band(area: PlotArea, band: Band) -> Markup:
    left, right = area.x_of(band.start), area.x_of(band.stop)
    return Markup('<rect class="band {}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
        band.name, position(left), position(TOP), position(right - left), position(area.bottom - TOP), band.name
    )
