"""The value of each trial at its rungs, the epochs after which it may be stopped, and at its end."""

from collections.abc import Iterator

from markupsafe import Markup

from stages.cli.tune.page.charts import svg_elements as svg
from stages.cli.tune.page.charts.history_chart import trial_title
from stages.cli.tune.page.charts.value_axis import ValueAxis, value_axis
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import TrialRecord
from stages.report.charts.axis_scales import Scale
from stages.report.charts.svg import Chart, PlotArea
from stages.report.rendering.format_text import format_number


def learning_chart(trials: StudyTrials) -> Chart | None:
    """None if no trial has a value after two numbers of epochs."""
    curves = {trial.number: _curve(trial) for trial in trials.all if trial.rungs}
    if not any(len(curve) > 1 for curve in curves.values()):
        return None
    drawn = [trial for trial in trials.all if trial.rungs]
    axis = value_axis([value for curve in curves.values() for _, value in curve], trials.result.better)
    rungs = sorted({epochs for trial in drawn for epochs in trial.rungs})
    last = max(epochs for curve in curves.values() for epochs, _ in curve)
    area = PlotArea(_epochs_scale(sorted({*rungs, last})), axis.scale, "epochs")
    legend = [("trial-complete", "complete"), ("trial-stopped", "stopped")]
    states = {trial.state for trial in drawn}
    return Chart(
        title=f"{trials.metric_label} by epochs",
        svg=svg.svg(
            area.width,
            area.height,
            f"{trials.metric_label} of each trial after {', '.join(map(str, rungs))} epochs and at its end",
            [*svg.axes(area), *_curves(trials, drawn, area, axis)],
            dense=trials.are_many,
        ),
        legend=(
            *(key for key in legend if key[1] in states),
            *trials.legend,
        ),
        note=axis.note,
    )


def _curve(trial: TrialRecord) -> list[tuple[int, float]]:
    """Epochs and values. A complete trial has one at its end too."""
    at_end = {} if trial.state != "complete" or trial.value is None else {trial.epochs: trial.value}
    return sorted((trial.rungs | at_end).items())


def _epochs_scale(rungs: list[int]) -> Scale:
    """Logarithmic, with a tick at each number of epochs: each is usually a multiple of the one before.

    >>> _epochs_scale([2, 6, 18]).ticks
    ((2.0, '2'), (6.0, '6'), (18.0, '18'))
    """
    step = -(-len(rungs) // 8)
    return Scale(rungs[0], rungs[-1], tuple((float(each), format_number(each)) for each in rungs[::step]), log=True)


def _curves(trials: StudyTrials, drawn: list[TrialRecord], area: PlotArea, axis: ValueAxis) -> Iterator[Markup]:
    last = [trial for trial in trials.emphasized if trial.rungs]
    for trial in [*(each for each in drawn if each not in last), *last]:
        points = [(area.x_of(epochs), area.y_of(axis.clip(value))) for epochs, value in _curve(trial)]
        title = trial_title(trials, trial)
        yield svg.path(curve_class(trials, trial), [points], title)
        if trial.state == "stopped":
            yield svg.triangle("trial-stopped", points[-1], title)
        elif trial.state == "complete":
            yield svg.dot("trial-complete", points[-1], title)


def curve_class(trials: StudyTrials, trial: TrialRecord) -> str:
    if trial is trials.best:
        return "curve best"
    return "curve default" if trial is trials.default else "curve"
