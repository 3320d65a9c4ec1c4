"""The best trial against the default parameters, on validation rows and on test rows."""

from dataclasses import dataclass

from stages.cli.tune.describe_study import ties_sentence
from stages.cli.tune.page.parameter_text import exact_text, names_in_order
from stages.cli.tune.page.study_trials import DEFAULT, StudyTrials
from stages.cli.tune.study import BestAgainstDefault
from stages.report.rendering.format_text import count
from stages.report.sections.summary_section import improvement_text

MEANINGS = {
    "validation": "The validation rows chose the best trial, so the interval on them is too favourable.",
    "test": "The test rows chose nothing: they show what the best trial improves on new rows.",
}


@dataclass(frozen=True)
class ComparisonPanel:
    """`tone` is the CSS class of the improvement: good, bad or soft."""

    label: str
    improvement: str
    tone: str
    values: str
    interval: str
    meaning: str


def study_sentence(trials: StudyTrials) -> str:
    """How many trials there are of each state, and which value is better."""
    total, result = len(trials.all), trials.result
    states = [
        f"{number:,} {state}"
        for state in ("complete", "stopped", "failed")
        if (number := sum(trial.state == state for trial in trials.all))
    ]
    rounds = len({trial.round for trial in trials.all})
    return (
        f"{count(total, 'trial')} in {count(rounds, 'round')}{': ' if states else ''}{', '.join(states)}. "
        f"The value of a trial is its {trials.metric_in_sentence} on the validation rows, where {result.better} is "
        f"better. The seed is {result.seed}."
    )


def no_best_sentence(trials: StudyTrials) -> str:
    """Why there is no better trial; empty if there is one."""
    if trials.best is None:
        return "No trial is complete, so there is no best one. The table of the trials says why they failed."
    if trials.best.number == DEFAULT:
        metric = trials.metric
        measured = [
            f" Its {trials.metric_in_sentence} on {count(found.rows, 'test row')} is {metric.format(found.default)}."
            for found in trials.result.comparisons
            if found.split == "test"
        ]
        ties = [f" {ties_sentence(trials.result)}."] if trials.result.ties else []
        return "".join(["No trial was better than trial 0, which has the parameters of conf/.", *measured, *ties])
    return ""


def comparison_panels(trials: StudyTrials) -> list[ComparisonPanel]:
    """None if the default parameters are the best, since there is nothing to compare."""
    best = trials.best
    if best is None or best.number == DEFAULT:
        return []
    return [_panel(trials, comparison) for comparison in trials.result.comparisons]


def _panel(trials: StudyTrials, comparison: BestAgainstDefault) -> ComparisonPanel:
    metric, interval = trials.metric, comparison.interval
    assert trials.best is not None
    is_clear = interval is not None and not interval[0] <= 0 <= interval[1]
    return ComparisonPanel(
        label=f"{trials.metric_label}, {count(comparison.rows, f'{comparison.split} row')}",
        improvement=improvement_text(metric, comparison.improvement),
        tone=("good" if comparison.improvement > 0 else "bad") if is_clear else "soft",
        values=(
            f"{metric.format(comparison.best)} with trial {trials.best.number}, {metric.format(comparison.default)} "
            "with the default parameters."
        ),
        interval=_interval_sentence(trials, comparison),
        meaning=MEANINGS[comparison.split],
    )


def _interval_sentence(trials: StudyTrials, comparison: BestAgainstDefault) -> str:
    if comparison.interval is None:
        return "There is no interval: whether the difference is chance cannot be told from these rows."
    low, high = map(trials.metric.format_difference, comparison.interval)
    resamples = count(comparison.resamples, "resample")
    interval = f"The 95% interval of the improvement is {low} to {high} ({resamples} of these rows)."
    if comparison.interval[0] <= 0 <= comparison.interval[1]:
        return f"{interval} It contains 0: the difference may be chance."
    return f"{interval} It does not contain 0."


def best_values(trials: StudyTrials) -> list[tuple[str, str, str]]:
    """For each parameter: its name, its default and its value in the best trial; none if the default is the best."""
    best = trials.best
    if best is None or best.number == DEFAULT:
        return []
    default = next((trial.values for trial in trials.all if trial.number == DEFAULT), {})
    return [
        (name, exact_text(default.get(name)), exact_text(best.values.get(name)))
        for name in names_in_order(trials.result)
    ]
