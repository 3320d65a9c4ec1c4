"""Reads the drawings of a page of a study."""

import re

from markupsafe import Markup

from stages.report.charts.svg import Chart


def drawn(chart: Chart | None) -> Markup:
    assert chart is not None
    return chart.svg


def classes(svg: Markup, prefix: str) -> list[str]:
    return re.findall(rf'class="({prefix}[^"]*)"', svg)


def paths(svg: Markup, css_class: str) -> list[list[tuple[float, float]]]:
    """The points of each path with this class."""
    found = re.findall(rf'<path class="{css_class}" d="([^"]*)"', svg)
    return [[(float(x), float(y)) for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", data)] for data in found]
