"""The evaluation record: the model's metrics beside the baselines' metrics, and what explains them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import (
    BaselineFit,
    BestBaseline,
    EvaluationRecord,
    Headline,
    MetricsByTarget,
    MetricValues,
    PermutationImportance,
    SeedStatistics,
    metric_name,
)
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.errors import UserError, suggest
from stages.core.rounding import round_significant
from stages.core.runtime.library_versions import installed_versions
from stages.evaluate.backtest.backtest_records import backtest_records
from stages.evaluate.backtest.fold_metrics import FoldMetrics
from stages.evaluate.baselines.compare_with_baselines import best_baseline, dependent_rows
from stages.evaluate.baselines.compute_baselines import ComputedBaselines, compute_baselines
from stages.evaluate.forecasts.forecast_intervals import NO_INTERVALS, ForecastIntervals
from stages.evaluate.forecasts.forecast_records import forecast_records
from stages.evaluate.metrics.target_metrics import HIGHER_IS_BETTER, target_metrics
from stages.evaluate.params import Evaluate
from stages.evaluate.rows_digest import rows_digest
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions


def evaluation_record(
    params: Evaluate,
    processed: ProcessedData,
    training: TrainingRecord,
    history: Mapping[str, Sequence[float]],
    model: ModelEvaluation,
    other_seeds: Sequence[MetricsByTarget] = (),
    importance: PermutationImportance | None = None,
    intervals: ForecastIntervals = NO_INTERVALS,
    folds: Sequence[Mapping[str, FoldMetrics]] = (),
) -> EvaluationRecord:
    """`model` is the evaluation of the first seed's model, `other_seeds` the metrics of the models of the others.

    `folds` are those of the backtest by target, if there is one.
    """
    target, metric = find_headline(params.headline, model.metrics, model.undefined)
    computed = compute_baselines(params, processed)
    best = _best_baseline(params, processed, (target, metric), model.predictions[target], computed)
    values = [seed[target][metric] for seed in (model.metrics, *other_seeds) if metric in seed[target]]
    return EvaluationRecord(
        split=params.split,
        samples=processed.sample_count(params.split),
        metrics=_rounded(model.metrics),
        baselines={name: _rounded(found) for name, found in baseline_metrics(params, processed, computed).items()},
        headline=Headline(
            target=target,
            metric=metric,
            better="higher" if metric in HIGHER_IS_BETTER else "lower",
            value=round_significant(values[0]),
        ),
        best_baseline=best,
        best_epoch=training.best_epoch,
        epochs=training.epochs,
        gap=validation_gap(history, training.best_epoch),
        reach=params.reach,
        seeds=seed_statistics(metric, values) if len(values) > 1 else None,
        undefined=model.undefined,
        thresholds=model.thresholds,
        baseline_fits=computed.fits,
        left_out_baselines=computed.left_out,
        importance=importance,
        forecasts=forecast_records(
            processed, params.split, model.predictions, computed.predictions, (target, metric), best.name, intervals
        ),
        backtests=backtest_records(folds, (target, metric)),
        rows_digest=rows_digest(processed, params.split),
        versions=installed_versions(*libraries_of_fits(computed.fits)),
    )


def libraries_of_fits(fits: Iterable[BaselineFit]) -> list[str]:
    """Least squares need none."""
    names = {fit.baseline for fit in fits} - {"linear"}
    return sorted({"statsmodels" if name == "theta" else "scikit-learn" for name in names})


def _best_baseline(
    params: Evaluate,
    processed: ProcessedData,
    headline: tuple[str, str],
    model: TargetPredictions,
    computed: ComputedBaselines,
) -> BestBaseline:
    target, metric = headline
    return best_baseline(
        metric,
        processed.fitted.targets[target],
        processed.truth(params.split)[target],
        model,
        {name: by_target[target] for name, by_target in computed.predictions.items() if target in by_target},
        block=dependent_rows(processed, params.split),
        seed=params.seed,
    )


def find_headline(
    headline: str, metrics: MetricsByTarget, undefined: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, str]:
    """The target and the metric of `evaluate.headline`. The loss is not allowed, since baselines have none."""
    for target, reasons in (undefined or {}).items():
        for metric, reason in reasons.items():
            if headline == metric_name(target, metric, len(metrics)):
                raise UserError(f"evaluate.headline: {headline} is not defined, since {reason}; choose another metric")
    measured = [(target, metric) for target, values in metrics.items() for metric in values if metric != "loss"]
    by_name = {metric_name(target, metric, len(metrics)): (target, metric) for target, metric in measured}
    if headline not in by_name:
        raise UserError(f"evaluate.headline: {headline!r} is not measured; {suggest(headline, [*by_name])}")
    return by_name[headline]


def baseline_metrics(
    params: Evaluate, processed: ProcessedData, computed: ComputedBaselines
) -> dict[str, MetricsByTarget]:
    """Metrics by baseline and target, for the targets that a baseline applies to."""
    targets, truth = processed.fitted.targets, processed.truth(params.split)
    return {
        name: {
            target: target_metrics(targets[target], truth[target], predicted).values
            for target, predicted in by_target.items()
        }
        for name, by_target in computed.predictions.items()
    }


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
