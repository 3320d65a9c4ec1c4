"""The headline metric beside the baselines, and a table of all metrics."""

from dataclasses import dataclass

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.report.metric_descriptions import (
    BASELINES,
    MetricDescription,
    describe_metric,
    describe_samples,
    metric_title,
)

SPLIT_USE = {
    TRAIN: "The model was trained on this split.",
    VALIDATION: "The model was not trained on this split, but the best epoch was selected on it.",
    TEST: "Nothing was trained or selected on test data.",
}


@dataclass(frozen=True)
class Summary:
    """`error_reduction` is the share of the baseline's error that the model does not make; see error_reduction().

    `bars` are name, value, width and whether it is the model's bar.
    """

    label: str
    meaning: str
    value: str
    baseline: str
    baseline_value: str
    compared_with: str
    improvement: str
    better: bool
    worse: bool
    error_reduction: float | None
    samples: str
    sentence: str
    seeds: str
    reach: str
    bars: list[tuple[str, str, str, bool]]
    bars_note: str


@dataclass(frozen=True)
class MetricTable:
    """Each row holds the name of the metric, the value of the model and the values of the baselines."""

    baselines: list[str]
    rows: list[list[str]]


def summary(evaluation: EvaluationRecord) -> Summary:
    headline, metric = evaluation.headline, describe_metric(evaluation.headline.metric)
    baseline, baseline_value = headline.baseline.replace("_", " "), metric.format(headline.baseline_value)
    return Summary(
        label=_title(evaluation, headline.target, headline.metric),
        meaning=metric.meaning,
        value=metric.format(headline.value),
        baseline=baseline,
        baseline_value=baseline_value,
        compared_with=f"{BASELINES.get(headline.baseline, baseline)} ({baseline_value})",
        improvement=improvement_text(metric, headline.improvement),
        better=headline.improvement > 0,
        worse=headline.improvement < 0,
        error_reduction=error_reduction(metric, headline.baseline_value, headline.improvement),
        samples=describe_samples(evaluation.samples, evaluation.split),
        sentence=_samples_sentence(evaluation),
        seeds=_seeds_sentence(evaluation, metric),
        reach="" if evaluation.reach is None else metric.format(evaluation.reach),
        bars=_bars(evaluation, metric),
        bars_note="Longer is better." if headline.better == "higher" else "Shorter is better.",
    )


def improvement_text(metric: MetricDescription, improvement: float) -> str:
    """
    >>> improvement_text(describe_metric("accuracy"), 0.637), improvement_text(describe_metric("rmse"), -2.0)
    ('63.7 points better', '2 worse')
    """
    if improvement == 0:
        return "neither better nor worse"
    return f"{metric.format_difference(abs(improvement)).removeprefix('+')} {'better' if improvement > 0 else 'worse'}"


def error_reduction(metric: MetricDescription, baseline: float, improvement: float) -> float | None:
    """The improvement as a share of the baseline's distance from a perfect value, which compares different metrics.

    >>> error_reduction(describe_metric("accuracy"), 0.5, 0.25), error_reduction(describe_metric("rmse"), 10.0, -2.0)
    (0.5, -0.2)
    """
    if metric.perfect is None:
        return None
    error = abs(metric.perfect - baseline)
    return improvement / error if error > 1e-9 else None


def metric_table(evaluation: EvaluationRecord) -> MetricTable:
    """Every metric of every target; a baseline that has no such metric has a dash."""
    baselines = sorted(evaluation.baselines)
    rows = []
    for target, metrics in sorted(evaluation.metrics.items()):
        for name, value in sorted(metrics.items()):
            values = [value, *(evaluation.baselines[baseline].get(target, {}).get(name) for baseline in baselines)]
            rows.append([_title(evaluation, target, name), *map(describe_metric(name).format, values)])
    return MetricTable([name.replace("_", " ") for name in baselines], rows)


def _title(evaluation: EvaluationRecord, target: str, metric: str) -> str:
    return metric_title(metric, target if len(evaluation.metrics) > 1 else "")


def _samples_sentence(evaluation: EvaluationRecord) -> str:
    samples, use = describe_samples(evaluation.samples, evaluation.split), SPLIT_USE[evaluation.split]
    if evaluation.headline.metric == "accuracy":
        correct = round(evaluation.headline.value * evaluation.samples)
        return f"{correct:,} of {samples} are predicted correctly. {use}"
    return f"Measured on {samples}. {use}"


def _seeds_sentence(evaluation: EvaluationRecord, metric: MetricDescription) -> str:
    if (seeds := evaluation.seeds) is None:
        return ""
    mean, worst = metric.format(seeds.mean), metric.format(seeds.worst)
    spread = metric.format_difference(seeds.spread).removeprefix("+")
    return f"Over {seeds.count} seeds: mean {mean}, worst {worst}, spread {spread}."


def _bars(evaluation: EvaluationRecord, metric: MetricDescription) -> list[tuple[str, str, str, bool]]:
    headline = evaluation.headline
    values = {"this model": headline.value}
    for name, targets in sorted(evaluation.baselines.items()):
        if headline.metric in targets.get(headline.target, {}):
            values[name.replace("_", " ")] = targets[headline.target][headline.metric]
    full = 1.0 if metric.is_share else max(*values.values(), 1e-300)
    return [
        (name, metric.format(value), f"{max(0.0, min(1.0, value / full)) * 100:.1f}%", name == "this model")
        for name, value in values.items()
    ]
