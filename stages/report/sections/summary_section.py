"""The headline metric beside the baselines, and a table of all metrics."""

from collections.abc import Iterator
from dataclasses import dataclass

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.records.evaluation import BestBaseline, EvaluationRecord
from stages.core.errors import format_examples
from stages.report.rendering.format_text import count, lower_first
from stages.report.rendering.metric_descriptions import (
    BASELINES,
    MetricDescription,
    describe_metric,
    describe_samples,
    metric_title,
)


@dataclass(frozen=True)
class Summary:
    """The model beside the best baseline. `chance` says whether the difference may be chance.

    `error_reduction` is the share of the baseline's error that the model does not make; see error_reduction().
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
    may_be_chance: bool
    chance: str
    samples: str
    seeds: str
    reach: str
    bars: list[tuple[str, str, str, bool]]
    bars_note: str


@dataclass(frozen=True)
class MetricTable:
    """The metrics of one target, whose name is empty if it is the only one.

    Each row holds the name of the metric, the value of the model and the values of the baselines.
    """

    target: str
    baselines: list[str]
    rows: list[list[str]]


def summary(evaluation: EvaluationRecord) -> Summary:
    headline, metric = evaluation.headline, describe_metric(evaluation.headline.metric)
    best = evaluation.best_baseline
    baseline, baseline_value = best.name.replace("_", " "), metric.format(best.value)
    several = ", the best baseline" if len(compared_baselines(evaluation)) > 1 else ""
    return Summary(
        label=_title(evaluation, headline.target, headline.metric),
        meaning=metric.meaning,
        value=metric.format(headline.value),
        baseline=baseline,
        baseline_value=baseline_value,
        compared_with=f"{BASELINES.get(best.name, baseline)} ({baseline_value}){several}",
        improvement=improvement_text(metric, best.improvement),
        better=best.improvement > 0,
        worse=best.improvement < 0,
        error_reduction=error_reduction(metric, best.value, best.improvement),
        may_be_chance=may_be_chance(best),
        chance=chance_sentence(evaluation, metric),
        samples=describe_samples(evaluation.samples, evaluation.split),
        seeds=_seeds_sentence(evaluation, metric),
        reach="" if evaluation.reach is None else metric.format(evaluation.reach),
        bars=_bars(evaluation, metric),
        bars_note="Longer is better." if headline.better == "higher" else "Shorter is better.",
    )


def compared_baselines(evaluation: EvaluationRecord) -> dict[str, float]:
    """The headline metric of each baseline that has it, from the best to the worst."""
    target, metric = evaluation.headline.target, evaluation.headline.metric
    values = [(name, of[target][metric]) for name, of in evaluation.baselines.items() if metric in of.get(target, {})]
    sign = -1 if evaluation.headline.better == "higher" else 1
    return dict(sorted(values, key=lambda each: (sign * each[1], each[0])))


def chance_sentence(evaluation: EvaluationRecord, metric: MetricDescription) -> str:
    """Whether the difference from the best baseline may be chance; empty if there is no difference."""
    best = evaluation.best_baseline
    if best.improvement == 0 or evaluation.split == TRAIN:
        return ""
    samples = describe_samples(evaluation.samples, evaluation.split)
    forecasts = evaluation.forecasts.get(evaluation.headline.target)
    if best.interval is None and forecasts is not None and forecasts.diebold_mariano is not None:
        return "The test of Diebold and Mariano under Forecasts says whether the difference is more than chance."
    if best.interval is None:
        return f"Whether the difference is chance cannot be told from {samples}."
    low, high = map(metric.format_difference, best.interval)
    interval = f"The 95% interval of the improvement is {low} to {high}"
    if may_be_chance(best):
        return f"{interval}. It contains 0: the difference may be chance."
    return f"{interval}. It does not contain 0: the difference is larger than chance explains."


def may_be_chance(best: BestBaseline) -> bool:
    """False also if there is no interval to tell it from."""
    return best.improvement != 0 and best.interval is not None and best.interval[0] <= 0 <= best.interval[1]


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


def metric_tables(evaluation: EvaluationRecord) -> list[MetricTable]:
    """A table for each target, with the baselines that apply to it; a dash where a baseline has no such metric."""
    tables = []
    for target, metrics in sorted(evaluation.metrics.items()):
        baselines = sorted(name for name, targets in evaluation.baselines.items() if target in targets)
        rows = []
        for name, value in sorted(metrics.items()):
            values = [value, *(evaluation.baselines[baseline][target].get(name) for baseline in baselines)]
            rows.append([metric_title(name), *map(describe_metric(name).format, values)])
        shown = target if len(evaluation.metrics) > 1 else ""
        tables.append(MetricTable(shown, [name.replace("_", " ") for name in baselines], rows))
    return tables


def metric_notes(evaluation: EvaluationRecord) -> list[str]:
    """Which metrics are not defined, how the baselines were fitted, and which were not."""
    return [*_undefined_notes(evaluation), *_fit_notes(evaluation), *_left_out_notes(evaluation)]


def _undefined_notes(evaluation: EvaluationRecord) -> Iterator[str]:
    for target, reasons in sorted(evaluation.undefined.items()):
        for reason in sorted(set(reasons.values())):
            metrics = [lower_first(metric_title(name)) for name in sorted(reasons) if reasons[name] == reason]
            yield f"Not defined{_of_target(evaluation, target)}: {format_examples(metrics)}, since {reason}."


def _fit_notes(evaluation: EvaluationRecord) -> Iterator[str]:
    for fit in evaluation.baseline_fits:
        name = fit.baseline.replace("_", " ") + _of_target(evaluation, fit.target)
        if fit.left_out_inputs:
            names = format_examples(fit.left_out_inputs)
            yield f"Baseline {name}: without {names}, whose values are too many columns for least squares of all rows."
            continue
        iterations = count(fit.iterations, "iteration") if fit.iterations is not None else ""
        match fit.converged:
            case None:
                yield f"Baseline {name}: {iterations} on the training rows."
            case True:
                yield f"Baseline {name}: converged on the training rows{f' after {iterations}' if iterations else ''}."
            case False:
                within = f" within {iterations}" if iterations else ""
                yield f"Baseline {name}: did not converge on the training rows{within}; it could be better."


def _left_out_notes(evaluation: EvaluationRecord) -> Iterator[str]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in evaluation.left_out_baselines:
        reasons.setdefault((each.target, each.reason), []).append(each.baseline.replace("_", " "))
    for (target, reason), names in reasons.items():
        yield f"Not fitted as baselines{_of_target(evaluation, target)}: {format_examples(names)}; {reason}."


def _of_target(evaluation: EvaluationRecord, target: str) -> str:
    return f" of {target}" if len(evaluation.metrics) > 1 else ""


def _title(evaluation: EvaluationRecord, target: str, metric: str) -> str:
    return metric_title(metric, target if len(evaluation.metrics) > 1 else "")


def samples_sentence(evaluation: EvaluationRecord, use: str) -> str:
    """`use` is a sentence about the split; see split_use.py."""
    samples = describe_samples(evaluation.samples, evaluation.split)
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
    baselines = {name.replace("_", " "): value for name, value in compared_baselines(evaluation).items()}
    values = {"this model": evaluation.headline.value, **baselines}
    full = 1.0 if metric.is_share else max(*values.values(), 1e-300)
    return [
        (name, metric.format(value), f"{max(0.0, min(1.0, value / full)) * 100:.1f}%", name == "this model")
        for name, value in values.items()
    ]
