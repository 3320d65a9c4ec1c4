"""The metrics of the folds of a backtest, and their mean and spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stages.core.artefacts.processed import TEST, TRAIN, ProcessedData
from stages.core.artefacts.records.evaluation import BacktestFold, BacktestRecord, ForecastStep, MetricValues
from stages.core.columns.scaling import ScaledColumns
from stages.core.rounding import round_significant
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals
from stages.evaluate.forecasts.forecast_steps import forecast_steps
from stages.evaluate.forecasts.interval_metrics import interval_metrics
from stages.evaluate.metrics.target_metrics import HIGHER_IS_BETTER, target_metrics
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions

# The first one that all folds define is the one that baselines are compared by, if the headline is another metric.
DEFAULT_METRICS = ("rmse", "accuracy")


@dataclass(frozen=True)
class FoldPredictions:
    """What the model of a fold and the baselines, by name and target, predict of its test rows."""

    data: ProcessedData
    model: ModelEvaluation
    baselines: Mapping[str, Mapping[str, TargetPredictions]]
    intervals: ForecastIntervals


def backtest_records(folds: Sequence[FoldPredictions], headline: tuple[str, str]) -> dict[str, BacktestRecord]:
    """By target. `headline` is a target and a metric."""
    targets = folds[0].data.fitted.targets if folds else {}
    return {name: _backtest_record(folds, name, headline[1] if name == headline[0] else None) for name in targets}


def _backtest_record(folds: Sequence[FoldPredictions], target: str, headline: str | None) -> BacktestRecord:
    metrics = [_model_metrics(fold, target) for fold in folds]
    baselines = [_baseline_metrics(fold, target) for fold in folds]
    of_all_folds = [name for name in baselines[0] if all(name in of_fold for of_fold in baselines)]
    means = {name: _means([of_fold[name] for of_fold in baselines]) for name in of_all_folds}
    metric, best = best_by_mean(means, headline)
    return BacktestRecord(
        folds=[
            BacktestFold(
                first_row=_first_test_row(fold.data),
                train_rows=_training_rows(fold.data),
                samples=fold.data.sample_count(TEST),
                metrics=_rounded(of_model),
                baselines={name: _rounded(values) for name, values in of_baselines.items()},
                steps=_steps(fold, target, best),
            )
            for fold, of_model, of_baselines in zip(folds, metrics, baselines, strict=True)
        ],
        metric=metric,
        best_baseline=best,
        mean=_rounded(_means(metrics)),
        spread=_rounded(_spreads(metrics)),
        baseline_mean=_rounded(means[best]),
    )


def best_by_mean(means: Mapping[str, MetricValues], headline: str | None) -> tuple[str, str]:
    """The metric that the baselines are compared by, and the name of the best one; the first of equal ones.

    >>> best_by_mean({"drift": {"rmse": 2.0, "mase": 0.5}, "theta": {"rmse": 1.0, "mase": 0.7}}, "mase")
    ('mase', 'drift')
    >>> best_by_mean({"drift": {"rmse": 2.0}, "theta": {"rmse": 1.0}}, "mase")
    ('rmse', 'theta')
    """
    metric = next(m for m in (headline, *DEFAULT_METRICS) if any(m in values for values in means.values()))
    assert metric is not None
    sign = 1 if metric in HIGHER_IS_BETTER else -1
    measured = {name: values[metric] for name, values in means.items() if metric in values}
    return metric, max(measured, key=lambda name: sign * measured[name])


def _model_metrics(fold: FoldPredictions, target: str) -> MetricValues:
    """The loss is left out: it is in the unit of the fold's own scalers, so that no mean of folds has a meaning."""
    metrics = {name: value for name, value in fold.model.metrics[target].items() if name != "loss"}
    if interval := fold.intervals.found.get(target):
        metrics |= interval_metrics(fold.data.truth(TEST)[target], interval.bounds, interval.fitted.level)
    return metrics


def _baseline_metrics(fold: FoldPredictions, target: str) -> dict[str, MetricValues]:
    spec, truth = fold.data.fitted.targets[target], fold.data.truth(TEST)[target]
    return {
        name: target_metrics(spec, truth, by_target[target]).values
        for name, by_target in fold.baselines.items()
        if target in by_target
    }


def _steps(fold: FoldPredictions, target: str, baseline: str) -> list[ForecastStep]:
    """Classes have no steps ahead."""
    spec, window = fold.data.fitted.targets[target], fold.data.fitted.window
    if spec.classes is not None or window is None:
        return []
    truth, predicted = fold.data.truth(TEST)[target], fold.model.predictions[target]
    interval = fold.intervals.found.get(target)
    return [*forecast_steps(window, spec, truth, predicted, fold.baselines[baseline][target], interval)]


def _first_test_row(data: ProcessedData) -> int:
    """The raw row after the origin of the first forecast."""
    assert data.fitted.window is not None
    return int(data.raw_row_numbers(TEST)[0]) - data.fitted.window.horizon + 1


def _training_rows(data: ProcessedData) -> int:
    """The first rows, which are not stored but which the steps of others need, are training rows too."""
    columns = [spec.column for spec in (*data.fitted.inputs.values(), *data.fitted.targets.values())]
    lookback = max((column.lookback for column in columns if isinstance(column, ScaledColumns)), default=0)
    return len(data.splits[TRAIN].rows) + lookback


def _means(metrics: Sequence[MetricValues]) -> MetricValues:
    """The mean of each metric that all folds define."""
    return {name: float(np.mean(values)) for name, values in _values_of_folds(metrics).items()}


def _spreads(metrics: Sequence[MetricValues]) -> MetricValues:
    """The standard deviation of a sample."""
    return {name: float(np.std(values, ddof=1)) for name, values in _values_of_folds(metrics).items()}


def _values_of_folds(metrics: Sequence[MetricValues]) -> dict[str, list[float]]:
    names = [name for name in metrics[0] if all(name in of_fold for of_fold in metrics)]
    return {name: [of_fold[name] for of_fold in metrics] for name in names}


def _rounded(metrics: MetricValues) -> MetricValues:
    return {name: round_significant(value) for name, value in metrics.items()}
