"""The headline metric beside the baselines, and a table of all metrics."""

from dataclasses import dataclass

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.records.evaluation import EvaluationRecord, SeedStatistics
from stages.report.format_text import without_underscores
from stages.report.metric_descriptions import (
    MetricDescription,
    describe_baseline,
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
class Bar:
    name: str
    text: str
    width: str
    is_model: bool


@dataclass(frozen=True)
class Summary:
    """`error_reduction` is the share of the baseline's error that the model does not make; see error_reduction()."""

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
    bars: list[Bar]
    bars_note: str


@dataclass(frozen=True)
class MetricRow:
    label: str
    model: str
    baselines: list[str]


@dataclass(frozen=True)
class MetricTable:
    baselines: list[str]
    rows: list[MetricRow]


def summary(evaluation: EvaluationRecord) -> Summary:
    headline, metric = evaluation.headline, describe_metric(evaluation.headline.metric)
    return Summary(
        label=_title(evaluation, headline.target, headline.metric),
        meaning=metric.meaning,
        value=metric.format(headline.value),
        baseline=without_underscores(headline.baseline),
        baseline_value=metric.format(headline.baseline_value),
        compared_with=f"{describe_baseline(headline.baseline)} ({metric.format(headline.baseline_value)})",
        improvement=improvement_text(metric, headline.improvement),
        better=headline.improvement > 0,
        worse=headline.improvement < 0,
        error_reduction=error_reduction(metric, headline.baseline_value, headline.improvement),
        samples=describe_samples(evaluation.samples, evaluation.split),
        sentence=_samples_sentence(evaluation),
        seeds=_seeds_sentence(metric, evaluation.seeds) if evaluation.seeds else "",
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
    for target, values in sorted(evaluation.metrics.items()):
        for name, value in sorted(values.items()):
            metric = describe_metric(name)
            others = [metric.format(_baseline_value(evaluation, baseline, target, name)) for baseline in baselines]
            rows.append(MetricRow(_title(evaluation, target, name), metric.format(value), others))
    return MetricTable([without_underscores(name) for name in baselines], rows)


def _title(evaluation: EvaluationRecord, target: str, metric: str) -> str:
    return metric_title(metric, target if len(evaluation.metrics) > 1 else "")


def _baseline_value(evaluation: EvaluationRecord, baseline: str, target: str, metric: str) -> float | None:
    return evaluation.baselines[baseline].get(target, {}).get(metric)


def _samples_sentence(evaluation: EvaluationRecord) -> str:
    samples, use = describe_samples(evaluation.samples, evaluation.split), SPLIT_USE[evaluation.split]
    if evaluation.headline.metric == "accuracy":
        correct = round(evaluation.headline.value * evaluation.samples)
        return f"{correct:,} of {samples} are predicted correctly. {use}"
    return f"Measured on {samples}. {use}"


def _seeds_sentence(metric: MetricDescription, seeds: SeedStatistics) -> str:
    mean, worst = metric.format(seeds.mean), metric.format(seeds.worst)
    spread = metric.format_difference(seeds.spread).removeprefix("+")
    return f"Over {seeds.count} seeds: mean {mean}, worst {worst}, spread {spread}."


def _bars(evaluation: EvaluationRecord, metric: MetricDescription) -> list[Bar]:
    headline = evaluation.headline
    values = {"this model": headline.value}
    for name in sorted(evaluation.baselines):
        value = _baseline_value(evaluation, name, headline.target, headline.metric)
        if value is not None:
            values[without_underscores(name)] = value
    full = 1.0 if metric.is_share else max(*values.values(), 1e-300)
    return [
        Bar(name, metric.format(value), f"{max(0.0, min(1.0, value / full)) * 100:.1f}%", name == "this model")
        for name, value in values.items()
    ]
