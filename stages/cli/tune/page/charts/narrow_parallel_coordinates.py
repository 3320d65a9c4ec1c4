"""Parallel coordinates for a narrow screen: the axes lie one below another, and the lines go down."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from stages.cli.tune.page.charts import svg_elements as svg
from stages.cli.tune.page.charts.parallel_coordinates import axes_of, drawing_label, trial_lines
from stages.cli.tune.page.charts.parameter_axis import ParameterAxis
from stages.cli.tune.page.parameter_text import shorten
from stages.cli.tune.page.study_trials import StudyTrials
from stages.report.charts.axis_scales import Tick
from stages.report.charts.svg import Point

WIDTH, LEFT, RIGHT = 340.0, 10.0, 330.0
FIRST, DISTANCE, BELOW = 26.0, 72.0, 28.0
CHARACTER, SPACE = 6.9, 8.0
MAX_CHARACTERS, MAX_CHARACTERS_OF_NAME = 18, 44


@dataclass(frozen=True)
class Row:
    """An axis, where it is, and the name above it."""

    y: float
    axis: ParameterAxis
    name: str
    short_name: str

    def place(self, value: float | int | str) -> Point:
        return LEFT + self.axis.fraction(value) * (RIGHT - LEFT), self.y


def narrow_parallel_coordinates(trials: StudyTrials) -> Markup | None:
    """None if no trial is complete. Its lines have the classes of the wide drawing."""
    if not trials.complete:
        return None
    rows = [
        Row(FIRST + number * DISTANCE, axis, name, short) for number, (name, short, axis) in enumerate(axes_of(trials))
    ]
    parts = [*trial_lines(trials, rows), *(part for row in rows for part in _axis(row))]
    return svg.svg(WIDTH, rows[-1].y + BELOW, drawing_label(trials, rows), parts, dense=trials.are_many)


def _axis(row: Row) -> Iterator[Markup]:
    yield svg.line("axis", (LEFT, row.y), (RIGHT, row.y))
    short = shorten(row.short_name, MAX_CHARACTERS_OF_NAME)
    yield svg.text("label halo", (LEFT, row.y - 10), short, "" if short == row.name else row.name)
    for x in (_x_of(row.axis, value) for value, _ in row.axis.scale.ticks):
        yield svg.line("axis", (x, row.y), (x, row.y + 4))
    for start, short, label in labels_that_fit(row.axis):
        yield svg.text("tick halo", (start, row.y + 18), short, "" if short == label else label)


def _x_of(axis: ParameterAxis, value: float) -> float:
    return LEFT + axis.scale.fraction(value) * (RIGHT - LEFT)


def labels_that_fit(axis: ParameterAxis) -> list[tuple[float, str, str]]:
    """The left end, the shortened text and the whole text of the labels: those of both ends, and others between."""
    placed = [_placed(axis, tick) for tick in sorted(axis.scale.ticks, key=lambda tick: axis.scale.fraction(tick[0]))]
    chosen = placed[:1]
    for label in placed[1:-1]:
        if _fits(chosen[-1], label) and _fits(label, placed[-1]):
            chosen.append(label)
    return [*chosen, *placed[1:][-1:]]


def _placed(axis: ParameterAxis, tick: Tick) -> tuple[float, str, str]:
    """In the middle below its tick, but not beyond the drawing."""
    value, label = tick
    short = shorten(label, MAX_CHARACTERS)
    width = CHARACTER * len(short)
    return min(max(_x_of(axis, value) - width / 2, 0.0), WIDTH - width), short, label


def _fits(left: tuple[float, str, str], right: tuple[float, str, str]) -> bool:
    start, text, _ = left
    return start + CHARACTER * len(text) + SPACE <= right[0]
