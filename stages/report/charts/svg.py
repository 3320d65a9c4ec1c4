"""Numbers to SVG. Every text enters through a format that escapes it; every place is written with one decimal."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from stages.report.charts.axis_scales import Scale, linear_over
from stages.report.format_text import number

Tone = Literal["quiet", "accent"]
Point = tuple[float, float]

TOOLTIPS = 60
LEFT, RIGHT, TOP, BOTTOM = 62.0, 26.0, 26.0, 44.0


@dataclass(frozen=True)
class Line:
    """One curve: the accent is for what the model does, the quiet tone for what it is held against."""

    name: str
    tone: Tone
    points: Sequence[Point]
    dots: bool = False


@dataclass(frozen=True)
class Mark:
    """A place on the x axis worth a word, and the points there that are drawn as spots."""

    x: float
    text: str
    spots: Sequence[tuple[Tone, float]] = ()


@dataclass(frozen=True)
class Band:
    """A stretch of the x axis with a name, which is also how the style sheet knows its colour."""

    start: float
    stop: float
    name: str


@dataclass(frozen=True)
class Chart:
    """A drawing and what stands above it."""

    title: str
    svg: Markup
    legend: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Plane:
    """Two axes on paper, half a page wide or all of it; on a time axis `times` says when each row was."""

    x: Scale
    y: Scale
    x_name: str
    y_name: str = ""
    times: Sequence[str] = ()
    wide: bool = False
    height: float = 300.0

    @property
    def width(self) -> float:
        return 984.0 if self.wide else 480.0

    def across(self, value: float) -> float:
        return LEFT + self.x.at(value) * (self.width - LEFT - RIGHT)

    def up(self, value: float) -> float:
        return self.height - BOTTOM - self.y.at(value) * (self.height - TOP - BOTTOM)

    @property
    def floor(self) -> float:
        return self.height - BOTTOM

    @property
    def edge(self) -> float:
        return self.width - RIGHT


def place(value: float) -> str:
    """
    >>> place(12.34), place(-0.01)
    ('12.3', '0.0')
    """
    return f"{round(value, 1) + 0.0:.1f}"


def curves(
    lines: Sequence[Line], plane: Plane, label: str, mark: Mark | None = None, bands: Iterable[Band] = ()
) -> Markup:
    parts = [*(_band(plane, band) for band in bands), _axes(plane), *(_curve(plane, line) for line in lines)]
    if mark is not None:
        parts.append(_marked(plane, mark))
    return _paper(plane, label, [*parts, *(_tips(plane, line) for line in lines)])


def against(points: Sequence[Point], x_name: str, y_name: str, label: str) -> Markup:
    """Prediction against truth on one scale: on the diagonal the two agree."""
    same = linear_over(v for p in points for v in p)
    plane = Plane(same, same, x_name, y_name, height=420.0)
    diagonal = Markup('<line class="diagonal" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        place(LEFT), place(plane.floor), place(plane.edge), place(TOP)
    )
    dots = [_dot(plane, p, f"{x_name} {number(p[0])}, {y_name} {number(p[1])}") for p in points]
    return _paper(plane, label, [_axes(plane), diagonal, *dots])


def thinned(points: Sequence[Point], most: int = 400) -> list[Point]:
    """At most about `most` points, with every bucket's lowest and highest kept so that no spike gets lost.

    >>> thinned([(0, 0), (1, 9), (2, 1), (3, 2), (4, -5), (5, 0)], most=4)
    [(0, 0), (1, 9), (3, 2), (4, -5), (5, 0)]
    """
    return [points[place] for place in extremes(np.array([y for _, y in points]), most)]


def extremes(values: NDArray[np.float64], most: int = 400) -> list[int]:
    """Where the values stand that a thinned curve keeps.

    >>> extremes(np.array([0.0, 9.0, 1.0, 2.0, -5.0, 0.0]), most=4)
    [0, 1, 3, 4, 5]
    """
    if len(values) <= most:
        return list(range(len(values)))
    size = math.ceil(len(values) / (most // 2))
    kept = {len(values) - 1}
    for start in range(0, len(values), size):
        bucket = values[start : start + size]
        missing = np.isnan(bucket)
        kept |= {start + int(np.where(missing, np.inf, bucket).argmin())}
        kept |= {start + int(np.where(missing, -np.inf, bucket).argmax())}
    return sorted(kept)


def _paper(plane: Plane, label: str, parts: Iterable[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        f"{plane.width:.0f}", f"{plane.height:.0f}", label, Markup("").join(parts)
    )


def _axes(plane: Plane) -> Markup:
    across = [_x_tick(plane, *tick) for tick in plane.x.ticks]
    up = [_y_tick(plane, *tick) for tick in plane.y.ticks]
    floor = Markup('<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        place(LEFT), place(plane.floor), place(plane.edge), place(plane.floor)
    )
    names = [_text(plane.edge, plane.height - 6, plane.x_name, "name end"), _text(LEFT, 14, plane.y_name, "name")]
    return Markup("").join([*up, floor, *across, *names])


def _x_tick(plane: Plane, value: float, text: str) -> Markup:
    x = plane.across(value)
    tick = Markup('<line class="axis" x1="{x}" y1="{top}" x2="{x}" y2="{end}"/>').format(
        x=place(x), top=place(plane.floor), end=place(plane.floor + 4)
    )
    return tick + _text(x, plane.floor + 18, text, "tick middle")


def _y_tick(plane: Plane, value: float, text: str) -> Markup:
    y = plane.up(value)
    grid = Markup('<line class="grid" x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(
        place(LEFT), place(plane.edge), y=place(y)
    )
    return grid + _text(LEFT - 8, y + 4, text, "tick end")


def _text(x: float, y: float, text: str, kind: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, place(x), place(y), text)


def _curve(plane: Plane, line: Line) -> Markup:
    if line.dots:
        return Markup("").join(_spot(plane, p, line.tone) for p in line.points if math.isfinite(p[1]))
    runs = _unbroken(line.points)
    steps = " ".join(_run(plane, run) for run in runs)
    lone = [_spot(plane, run[0], line.tone) for run in runs if len(run) == 1]
    return Markup('<path class="line {}" d="{}"/>{}').format(line.tone, steps, Markup("").join(lone))


def _run(plane: Plane, points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{place(plane.across(x))} {place(plane.up(y))}" for x, y in points)


def _unbroken(points: Sequence[Point]) -> list[list[Point]]:
    """Runs of drawable points: where a value is missing the curve has a gap."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if math.isfinite(point[1]):
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _spot(plane: Plane, point: Point, tone: str) -> Markup:
    return Markup('<circle class="spot {}" cx="{}" cy="{}" r="4"/>').format(
        tone, place(plane.across(point[0])), place(plane.up(point[1]))
    )


def _dot(plane: Plane, point: Point, tip: str) -> Markup:
    return Markup('<circle class="dot" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>').format(
        place(plane.across(point[0])), place(plane.up(point[1])), tip
    )


def _marked(plane: Plane, mark: Mark) -> Markup:
    x = plane.across(mark.x)
    post = Markup('<line class="mark" x1="{x}" y1="{top}" x2="{x}" y2="{floor}"/>').format(
        x=place(x), top=place(TOP - 4), floor=place(plane.floor)
    )
    word = _text(x, TOP - 9, mark.text, "word end" if plane.x.at(mark.x) > 0.5 else "word")
    spots = [_spot(plane, (mark.x, y), tone) for tone, y in mark.spots if math.isfinite(y)]
    return Markup("").join([post, word, *spots])


def _tips(plane: Plane, line: Line) -> Markup:
    """Invisible discs that show a point's numbers; on a long curve only some points have one."""
    points = [p for p in line.points if math.isfinite(p[1])]
    chosen = points[:: -(-len(points) // TOOLTIPS) or 1]
    return Markup("").join(_tip(plane, line.name, point) for point in chosen)


def _tip(plane: Plane, name: str, point: Point) -> Markup:
    x, y = point
    when = plane.times[int(x)] if plane.times else f"{plane.x_name} {number(x)}"
    return Markup('<circle class="tip" cx="{}" cy="{}" r="6"><title>{}</title></circle>').format(
        place(plane.across(x)), place(plane.up(y)), f"{when}: {name} {number(y)}"
    )


def _band(plane: Plane, band: Band) -> Markup:
    left, right = plane.across(band.start), plane.across(band.stop)
    return Markup('<rect class="band {}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
        band.name, place(left), place(TOP), place(right - left), place(plane.floor - TOP), band.name
    )
