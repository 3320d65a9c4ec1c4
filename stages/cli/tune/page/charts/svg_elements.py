"""Parts of an SVG. Every text is escaped, and every position is written with one decimal."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from stages.report.charts.svg import LEFT, PlotArea, Point, position


def svg(
    width: float,
    height: float,
    label: str,
    parts: Iterable[Markup],
    least_width: bool = False,
    dense: bool = False,
) -> Markup:
    """With `least_width`, the drawing is not scaled down: what contains it scrolls. `dense` makes lines thinner."""
    style = Markup(' style="min-width: {}px"').format(f"{width:.0f}") if least_width else Markup("")
    return Markup('<svg class="chart{}" viewBox="0 0 {} {}"{} role="img" aria-label="{}">{}</svg>').format(
        " dense" if dense else "", f"{width:.0f}", f"{height:.0f}", style, label, Markup("").join(parts)
    )


def line(css_class: str, start: Point, end: Point) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        css_class, *(position(value) for value in (*start, *end))
    )


def text(css_class: str, at: Point, content: str, title: str = "") -> Markup:
    """`title` is shown when the pointer rests on the text."""
    tooltip = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<text class="{}" x="{}" y="{}">{}{}</text>').format(css_class, *map(position, at), content, tooltip)


def path(css_class: str, segments: Iterable[Sequence[Point]], title: str = "") -> Markup:
    """Lines through the points of each segment."""
    drawn = " ".join("M" + "L".join(" ".join(map(position, point)) for point in segment) for segment in segments)
    tooltip = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<path class="{}" d="{}">{}</path>').format(css_class, drawn, tooltip)


def dot(css_class: str, at: Point, title: str, radius: float = 3.5) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
        css_class, *map(position, at), position(radius), title
    )


def triangle(css_class: str, at: Point, title: str, size: float = 4.0) -> Markup:
    x, y = at
    return path(css_class, [[(x - size, y + size), (x, y - size), (x + size, y + size), (x - size, y + size)]], title)


def cross(css_class: str, at: Point, title: str, size: float = 4.0) -> Markup:
    x, y = at
    return path(
        css_class, [[(x - size, y - size), (x + size, y + size)], [(x - size, y + size), (x + size, y - size)]], title
    )


def axes(area: PlotArea) -> Iterable[Markup]:
    for value, label in area.y.ticks:
        y = area.y_of(value)
        yield line("grid", (LEFT, y), (area.right, y))
        yield text("tick end", (LEFT - 8, y + 4), label)
    yield line("axis", (LEFT, area.bottom), (area.right, area.bottom))
    for value, label in area.x.ticks:
        x = area.x_of(value)
        yield line("axis", (x, area.bottom), (x, area.bottom + 4))
        yield text("tick middle", (x, area.bottom + 18), label)
    yield text("name end", (area.right, area.height - 6), area.x_name)
