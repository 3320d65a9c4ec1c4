"""The value of each trial, and the best value so far."""

from collections.abc import Iterator

from markupsafe import Markup

from stages.cli.tune.page.charts import svg_elements as svg
from stages.cli.tune.page.charts.value_axis import ValueAxis, value_axis
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import TrialRecord
from stages.report.charts.axis_scales import integer_scale
from stages.report.charts.svg import TOP, Chart, PlotArea, Point
from stages.report.rendering.format_text import count


def history_chart(trials: StudyTrials) -> Chart | None:
    """None if no trial has a value."""
    values = [trial.value for trial in trials.all if trial.value is not None]
    if not values:
        return None
    axis = value_axis(values, trials.result.better)
    area = PlotArea(integer_scale(0, trials.all[-1].number), axis.scale, "trial")
    states = {trial.state for trial in trials.all}
    legend = [("trial-complete", "complete"), ("trial-stopped", "stopped"), ("trial-failed", "failed")]
    parts = [*svg.axes(area), *_best_so_far(trials, area, axis), *_marks(trials, area, axis)]
    return Chart(
        title=f"{trials.metric_label} of each trial",
        svg=svg.svg(area.width, area.height, _label(trials), parts, dense=trials.are_many),
        legend=(*(key for key in legend if key[1] in states), ("accent", "best so far")),
        note=axis.note,
    )


def _label(trials: StudyTrials) -> str:
    text = f"{trials.metric_label} of {count(len(trials.all), 'trial')}"
    if trials.best is None:
        return text
    return f"{text}; the best is trial {trials.best.number} with {trials.metric.format(trials.best.value)}"


def _best_so_far(trials: StudyTrials, area: PlotArea, axis: ValueAxis) -> Iterator[Markup]:
    """A line with a step where a complete trial is better than all before it."""
    points: list[Point] = []
    best: float | None = None
    for trial in trials.complete:
        assert trial.value is not None
        if best is None or trials.is_better(trial.value, best):
            if best is not None:
                points.append((trial.number, best))
            best = trial.value
            points.append((trial.number, best))
    if best is not None:
        points.append((trials.all[-1].number, best))
        yield svg.path("line accent", [[_place(area, axis, *point) for point in points]])


def _marks(trials: StudyTrials, area: PlotArea, axis: ValueAxis) -> Iterator[Markup]:
    """The best trial is drawn last, so that no other one covers it."""
    size = 3.0 if trials.are_many else 4.0
    for trial in trials.all:
        title = trial_title(trials, trial)
        if trial.value is None:
            yield svg.cross("trial-failed", (area.x_of(trial.number), area.bottom), title, size)
        elif trial.state == "complete":
            yield svg.dot("trial-complete", _place(area, axis, trial.number, trial.value), title, size - 0.5)
        else:
            yield svg.triangle("trial-stopped", _place(area, axis, trial.number, trial.value), title, size)
    if trials.best is not None:
        assert trials.best.value is not None
        x, y = _place(area, axis, trials.best.number, trials.best.value)
        yield svg.line("marker", (x, TOP - 4), (x, area.bottom))
        yield svg.dot("trial-best", (x, y), trial_title(trials, trials.best), radius=6.0)
        is_right = area.x.fraction(trials.best.number) > 0.5
        yield svg.text("label end" if is_right else "label", (x, TOP - 9), f"best: trial {trials.best.number}")


def trial_title(trials: StudyTrials, trial: TrialRecord) -> str:
    """What the pointer shows of a trial."""
    name = f"trial {trial.number}{' (default)' if trial is trials.default else ''}"
    if trial.value is None:
        return f"{name}: {trial.state}"
    state = "" if trial.state == "complete" else f", {trial.state} after {count(trial.epochs, 'epoch')}"
    return f"{name}: {trials.metric_in_sentence} {trials.metric.format(trial.value)}{state}"


def _place(area: PlotArea, axis: ValueAxis, number: float, value: float) -> Point:
    return area.x_of(number), area.y_of(axis.clip(value))
