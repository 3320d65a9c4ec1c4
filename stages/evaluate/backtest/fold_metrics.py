"""What is measured of one fold of a backtest, for each target."""

from collections.abc import Mapping
from dataclasses import dataclass

from stages.core.artefacts.processed import TEST, TRAIN, ProcessedData
from stages.core.artefacts.records.evaluation import MetricValues
from stages.core.columns.scaling import ScaledColumns
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals, TargetInterval
from stages.evaluate.forecasts.forecast_steps import step_metrics
from stages.evaluate.forecasts.interval_metrics import interval_metrics
from stages.evaluate.metrics.target_metrics import target_metrics
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions


@dataclass(frozen=True)
class FoldPredictions:
    """What the model of a fold and the baselines, by name and target, predict of its test rows."""

    data: ProcessedData
    model: ModelEvaluation
    baselines: Mapping[str, Mapping[str, TargetPredictions]]
    intervals: ForecastIntervals


@dataclass(frozen=True)
class FoldMetrics:
    """Those of the model and of each baseline by name, and the same for each step ahead; a class has no steps."""

    first_row: int
    train_rows: int
    samples: int
    metrics: MetricValues
    baselines: dict[str, MetricValues]
    steps: dict[int, MetricValues]
    baseline_steps: dict[str, dict[int, MetricValues]]


def fold_metrics(fold: FoldPredictions) -> dict[str, FoldMetrics]:
    """By target."""
    return {name: _target_metrics(fold, name) for name in fold.data.fitted.targets}


def _target_metrics(fold: FoldPredictions, target: str) -> FoldMetrics:
    spec, truth = fold.data.fitted.targets[target], fold.data.truth(TEST)[target]
    baselines = {name: by_target[target] for name, by_target in fold.baselines.items() if target in by_target}
    return FoldMetrics(
        first_row=_first_test_row(fold.data),
        train_rows=_training_rows(fold.data),
        samples=fold.data.sample_count(TEST),
        metrics=_model_metrics(fold, target),
        baselines={name: target_metrics(spec, truth, predicted).values for name, predicted in baselines.items()},
        steps=_steps(fold, target, fold.model.predictions[target], fold.intervals.found.get(target)),
        baseline_steps={name: _steps(fold, target, predicted) for name, predicted in baselines.items()},
    )


def _steps(
    fold: FoldPredictions, target: str, predicted: TargetPredictions, interval: TargetInterval | None = None
) -> dict[int, MetricValues]:
    spec, window = fold.data.fitted.targets[target], fold.data.fitted.window
    if spec.classes is not None or window is None:
        return {}
    return step_metrics(window, spec, fold.data.truth(TEST)[target], predicted, interval)


def _model_metrics(fold: FoldPredictions, target: str) -> MetricValues:
    """The loss is left out: it is in the unit of the fold's own scalers, so that no mean of folds has a meaning."""
    metrics = {name: value for name, value in fold.model.metrics[target].items() if name != "loss"}
    if interval := fold.intervals.found.get(target):
        metrics |= interval_metrics(fold.data.truth(TEST)[target], interval.bounds, interval.fitted.level)
    return metrics


def _first_test_row(data: ProcessedData) -> int:
    """The raw row after the origin of the first forecast."""
    assert data.fitted.window is not None
    return int(data.raw_row_numbers(TEST)[0]) - data.fitted.window.horizon + 1


def _training_rows(data: ProcessedData) -> int:
    """The first rows, which are not stored but which the steps of others need, are training rows too."""
    columns = [spec.column for spec in (*data.fitted.inputs.values(), *data.fitted.targets.values())]
    lookback = max((column.lookback for column in columns if isinstance(column, ScaledColumns)), default=0)
    return len(data.splits[TRAIN].rows) + lookback
