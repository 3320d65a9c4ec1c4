"""Parallel coordinates: an axis for each parameter and one for the value, and a line for each complete trial."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from stages.cli.tune.page.charts import svg_elements as svg
from stages.cli.tune.page.charts.history_chart import trial_title
from stages.cli.tune.page.charts.parameter_axis import ParameterAxis, parameter_axis
from stages.cli.tune.page.charts.value_axis import value_axis
from stages.cli.tune.page.parameter_text import names_in_order, short_names, shorten
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import TrialRecord
from stages.report.charts.svg import FULL_WIDTH, Chart, Point
from stages.report.rendering.format_text import count

HEIGHT, TOP, BOTTOM = 384.0, 58.0, 370.0
LEFT, CHARACTER, LEAST_GAP, MOST_GAP = 24.0, 6.9, 76.0, 190.0
MAX_CHARACTERS = 25
QUARTERS = 4


class PlacedAxis(Protocol):
    """The axis of a parameter, or that of the value, in the drawing."""

    @property
    def name(self) -> str: ...

    def place(self, value: float | int | str) -> Point: ...


@dataclass(frozen=True)
class Column:
    """An axis, where it is, and the name above it."""

    x: float
    axis: ParameterAxis
    name: str
    short_name: str

    def place(self, value: float | int | str) -> Point:
        return self.x, BOTTOM - self.axis.fraction(value) * (BOTTOM - TOP)


def parallel_coordinates(trials: StudyTrials) -> Chart | None:
    """None if no trial is complete."""
    if not trials.complete:
        return None
    columns, width = _columns(trials)
    parts = [*trial_lines(trials, columns), *(part for column in columns for part in _axis(column))]
    return Chart(
        title=f"Parameters and {trials.metric_in_sentence} of the complete trials",
        svg=svg.svg(width, HEIGHT, drawing_label(trials, columns), parts, least_width=True, dense=trials.are_many),
        legend=tuple(trials.legend),
        note="; ".join(
            ["better trials have stronger lines", *([columns[-1].axis.note] if columns[-1].axis.note else [])]
        ),
    )


def drawing_label(trials: StudyTrials, axes: Sequence[PlacedAxis]) -> str:
    parameters = ", ".join(axis.name for axis in axes[:-1])
    return f"{count(len(trials.complete), 'complete trial')} over the parameters {parameters}, and the {axes[-1].name}"


def axes_of(trials: StudyTrials) -> list[tuple[str, str, ParameterAxis]]:
    """The whole name, the short name and the axis of each parameter, and at the end those of the value."""
    names = names_in_order(trials.result)
    axes = [
        parameter_axis(trials.result.ranges.get(name), [t.values[name] for t in trials.complete if name in t.values])
        for name in names
    ]
    value = value_axis([t.value for t in trials.complete if t.value is not None], trials.result.better)
    axes.append(ParameterAxis(value.scale, note=value.note))
    label = trials.metric_label
    return list(zip([*names, label], [*short_names(names), label], axes, strict=True))


def _columns(trials: StudyTrials) -> tuple[list[Column], float]:
    """The axes from the left to the right, and the width of the drawing."""
    axes = axes_of(trials)
    gaps = [_gap(axis, short) for _, short, axis in axes]
    stretch = max(1.0, (FULL_WIDTH - LEFT) / sum(gaps))
    positions = [LEFT + stretch * sum(gaps[:number]) for number in range(len(gaps))]
    columns = [Column(x, axis, name, short) for x, (name, short, axis) in zip(positions, axes, strict=True)]
    return columns, LEFT + stretch * sum(gaps)


def _gap(axis: ParameterAxis, name: str) -> float:
    """The room for the labels to the right of an axis, and for its name."""
    longest = max(
        [len(shorten(text, MAX_CHARACTERS)) for _, text in axis.scale.ticks] + [len(shorten(name, MAX_CHARACTERS))]
    )
    return min(MOST_GAP, max(LEAST_GAP, 18 + CHARACTER * longest))


def _axis(column: Column) -> Iterator[Markup]:
    yield svg.line("axis", (column.x, TOP), (column.x, BOTTOM))
    short = shorten(column.short_name, MAX_CHARACTERS)
    yield svg.text("label", (column.x - 4, TOP - 30), short, "" if short == column.name else column.name)
    for value, label in column.axis.scale.ticks:
        y = BOTTOM - column.axis.scale.fraction(value) * (BOTTOM - TOP)
        yield svg.line("axis", (column.x - 4, y), (column.x, y))
        short = shorten(label, MAX_CHARACTERS)
        yield svg.text("tick halo", (column.x + 6, y - 4), short, "" if short == label else label)


def trial_lines(trials: StudyTrials, axes: Sequence[PlacedAxis]) -> Iterator[Markup]:
    """The worst trial first, the default and the best trial last, so that the better ones are above."""
    last = trials.emphasized
    ordered = [trial for trial in trials.sorted_by_value if trial in trials.complete]
    quarters = {trial.number: rank * QUARTERS // len(ordered) + 1 for rank, trial in enumerate(ordered)}
    for trial in [*(each for each in reversed(ordered) if each not in last), *last]:
        yield svg.path(_line_class(trials, trial, quarters), _segments(trial, axes), trial_title(trials, trial))


def _line_class(trials: StudyTrials, trial: TrialRecord, quarters: dict[int, int]) -> str:
    if trial is trials.best:
        return "curve best"
    return "curve default" if trial is trials.default else f"curve quarter{quarters[trial.number]}"


def _segments(trial: TrialRecord, axes: Sequence[PlacedAxis]) -> list[list[Point]]:
    """The line has a gap where the trial has no value of a parameter."""
    segments: list[list[Point]] = [[]]
    for axis in axes:
        value = trial.value if axis is axes[-1] else trial.values.get(axis.name)
        if value is None:
            segments.append([])
        else:
            segments[-1].append(axis.place(value))
    return [segment for segment in segments if segment]
