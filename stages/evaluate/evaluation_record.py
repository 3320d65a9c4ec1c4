"""The evaluation record: the model's metrics beside the baselines' metrics, and what explains them."""

from collections.abc import Mapping, Sequence

import numpy as np

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import (
    EvaluationRecord,
    Headline,
    MetricsByTarget,
    MetricValues,
    SeedStatistics,
    metric_name,
)
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.errors import UserError, suggest
from stages.core.rounding import round_significant
from stages.evaluate.baselines import baseline_predictions
from stages.evaluate.metrics import HIGHER_IS_BETTER, improvement, target_metrics
from stages.evaluate.params import Evaluate


def evaluation_record(
    params: Evaluate,
    processed: ProcessedData,
    training: TrainingRecord,
    history: Mapping[str, Sequence[float]],
    metrics: MetricsByTarget,
    other_seeds: Sequence[MetricsByTarget] = (),
) -> EvaluationRecord:
    """`metrics` are those of the first seed's model, `other_seeds` those of the models of the other seeds."""
    baselines = baseline_metrics(params, processed)
    target, metric = find_headline(params.headline, metrics)
    values = [seed[target][metric] for seed in (metrics, *other_seeds)]
    baseline = next(name for name in params.baselines if target in baselines.get(name, {}))
    baseline_value = baselines[baseline][target][metric]
    headline = Headline(
        target=target,
        metric=metric,
        better="higher" if metric in HIGHER_IS_BETTER else "lower",
        value=round_significant(values[0]),
        baseline=baseline,
        baseline_value=round_significant(baseline_value),
        improvement=round_significant(improvement(metric, values[0], baseline_value)),
    )
    return EvaluationRecord(
        split=params.split,
        samples=processed.sample_count(params.split),
        metrics=_rounded(metrics),
        baselines={name: _rounded(by_target) for name, by_target in baselines.items()},
        headline=headline,
        best_epoch=training.best_epoch,
        epochs=training.epochs,
        gap=validation_gap(history, training.best_epoch),
        reach=params.reach,
        seeds=seed_statistics(metric, values) if len(values) > 1 else None,
    )


def find_headline(headline: str, metrics: MetricsByTarget) -> tuple[str, str]:
    """The target and the metric of `evaluate.headline`. The loss is not allowed, since baselines have none."""
    measured = [(target, metric) for target, values in metrics.items() for metric in values if metric != "loss"]
    by_name = {metric_name(target, metric, len(metrics)): (target, metric) for target, metric in measured}
    if headline not in by_name:
        raise UserError(f"evaluate.headline: {headline!r} is not measured; {suggest(headline, [*by_name])}")
    return by_name[headline]


def baseline_metrics(params: Evaluate, processed: ProcessedData) -> dict[str, MetricsByTarget]:
    """Metrics by baseline and target, for the targets that a baseline applies to."""
    truth = processed.truth(params.split)
    metrics: dict[str, MetricsByTarget] = {}
    for name in params.baselines:
        for target, spec in processed.fitted.targets.items():
            predicted = baseline_predictions(name, target, processed, params.split, params.seed)
            if predicted is not None:
                metrics.setdefault(name, {})[target] = target_metrics(spec, truth[target], predicted)
    return metrics


def validation_gap(history: Mapping[str, Sequence[float]], best_epoch: int) -> MetricValues:
    """Validation value minus training value at the best epoch; empty if there is no validation split.

    >>> validation_gap({"loss": [0.9, 0.5], "val_loss": [0.8, 0.75]}, 2)
    {'loss': 0.25}
    """
    row = best_epoch - 1
    return {
        name: round_significant(history[f"val_{name}"][row] - values[row])
        for name, values in history.items()
        if f"val_{name}" in history
    }


def seed_statistics(metric: str, values: Sequence[float]) -> SeedStatistics:
    """
    >>> seed_statistics("accuracy", [0.5, 1.0])
    SeedStatistics(count=2, mean=0.75, spread=0.353553, worst=0.5)
    """
    worst = min(values) if metric in HIGHER_IS_BETTER else max(values)
    return SeedStatistics(
        count=len(values),
        mean=round_significant(float(np.mean(values))),
        spread=round_significant(float(np.std(values, ddof=1))),
        worst=round_significant(worst),
    )


def _rounded(metrics: MetricsByTarget) -> MetricsByTarget:
    return {
        target: {metric: round_significant(value) for metric, value in values.items()}
        for target, values in metrics.items()
    }
