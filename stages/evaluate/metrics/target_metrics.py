"""All metrics of one target."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import NewArray, TargetSpec
from stages.core.artefacts.records.evaluation import MetricValues
from stages.evaluate.metrics import weighted_metrics
from stages.evaluate.metrics.class_metrics import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    f1,
    macro_f1,
    precision,
    recall,
)
from stages.evaluate.metrics.forecast_metrics import (
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)
from stages.evaluate.metrics.probability_metrics import (
    UndefinedMetricError,
    calibration_error,
    log_loss,
    pr_auc,
    roc_auc,
)
from stages.evaluate.metrics.value_metrics import mean_absolute_error, mean_squared_error, r2, root_mean_squared_error
from stages.evaluate.target_predictions import TargetPredictions

Array = NDArray[Any]
_HIGHER_IS_BETTER = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "macro_f1",
    "pr_auc",
    "precision",
    "r2",
    "recall",
    "roc_auc",
)
HIGHER_IS_BETTER = {*_HIGHER_IS_BETTER, *(f"{weighted_metrics.PREFIX}{name}" for name in _HIGHER_IS_BETTER)}
CLASS_METRICS: dict[str, Callable[[NDArray[np.int64]], float]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
}
# If `evaluate.positive_class` names the class.
POSITIVE_CLASS_METRICS: dict[str, Callable[[NDArray[np.int64], int], float]] = {
    "precision": precision,
    "recall": recall,
    "f1": f1,
}
PROBABILITY_METRICS: dict[str, Callable[[Array, Array, int | None, NewArray], float]] = {
    "calibration_error": calibration_error,
    "log_loss": log_loss,
    "pr_auc": pr_auc,
    "roc_auc": roc_auc,
}
VALUE_METRICS: dict[str, Callable[[Array, Array], float]] = {
    "mse": mean_squared_error,
    "mae": mean_absolute_error,
    "rmse": root_mean_squared_error,
    "r2": r2,
}
# Of values of windows.
FORECAST_METRICS: dict[str, Callable[[Array, Array, Array], float]] = {
    "mase": mean_absolute_scaled_error,
    "smape": symmetric_mean_absolute_percentage_error,
}


class MeasuredTarget(NamedTuple):
    """The metrics that are defined, and for each of the others the reason why it is not."""

    values: MetricValues
    undefined: dict[str, str]


def target_metrics(target: TargetSpec, truth: Array, predictions: TargetPredictions) -> MeasuredTarget:
    """Metrics of probabilities are left out, without a reason, where there are no probabilities."""
    values: MetricValues = {}
    undefined: dict[str, str] = {}
    for metric in metric_names(target, predictions):
        try:
            values[metric] = metric_value(metric, target, truth, predictions)
        except UndefinedMetricError as error:
            undefined[metric] = str(error)
    return MeasuredTarget(values, undefined)


def metric_names(target: TargetSpec, predictions: TargetPredictions) -> list[str]:
    """Those without weights, then the weighted ones, if the samples have weights."""
    weighted = predictions.weights is not None
    if target.classes is None:
        forecast_metrics = FORECAST_METRICS if predictions.naive_errors is not None else ()
        return [*VALUE_METRICS, *forecast_metrics, *(weighted_metrics.VALUE_METRICS if weighted else ())]
    names = [*CLASS_METRICS, *(weighted_metrics.CLASS_METRICS if weighted else ())]
    if predictions.positive is not None:
        names += [*POSITIVE_CLASS_METRICS, *(weighted_metrics.POSITIVE_CLASS_METRICS if weighted else ())]
    if predictions.probabilities is not None:
        names += [*PROBABILITY_METRICS, *(weighted_metrics.PROBABILITY_METRICS if weighted else ())]
    return names


def metric_value(metric: str, target: TargetSpec, truth: Array, predictions: TargetPredictions) -> float:
    """Raises UndefinedMetricError if these rows do not define the metric."""
    if target.step_count > 1:
        truth, predictions = _row_for_each_step(target, truth, predictions)
    if metric.removeprefix(weighted_metrics.PREFIX) == "r2" and len(truth) < 2:
        raise UndefinedMetricError("there are fewer than two rows")
    if metric.startswith(weighted_metrics.PREFIX):
        return _weighted_value(metric, target, truth, predictions)
    if metric in VALUE_METRICS:
        return VALUE_METRICS[metric](truth, predictions.predicted)
    if metric in FORECAST_METRICS:
        assert predictions.naive_errors is not None
        return FORECAST_METRICS[metric](truth, predictions.predicted, predictions.naive_errors)
    if metric in PROBABILITY_METRICS:
        assert predictions.probabilities is not None
        return PROBABILITY_METRICS[metric](
            truth, predictions.probabilities, predictions.positive, predictions.new_array
        )
    matrix = confusion_matrix(truth, predictions.predicted, target.width)
    if metric in CLASS_METRICS:
        return CLASS_METRICS[metric](matrix)
    assert predictions.positive is not None
    return POSITIVE_CLASS_METRICS[metric](matrix, predictions.positive)


def _row_for_each_step(
    target: TargetSpec, truth: Array, predictions: TargetPredictions
) -> tuple[Array, TargetPredictions]:
    """Forecasts of all steps ahead as rows of one step, so that the metrics are those of the target's columns."""
    columns, weights = len(target.columns), predictions.weights
    return truth.reshape(-1, columns), replace(
        predictions,
        predicted=predictions.predicted.reshape(-1, columns),
        weights=None if weights is None else np.repeat(weights, target.step_count),
    )


def _weighted_value(metric: str, target: TargetSpec, truth: Array, predictions: TargetPredictions) -> float:
    weights = predictions.weights
    assert weights is not None
    if metric in weighted_metrics.VALUE_METRICS:
        return weighted_metrics.VALUE_METRICS[metric](truth, predictions.predicted, weights)
    if metric in weighted_metrics.PROBABILITY_METRICS:
        assert predictions.probabilities is not None
        return weighted_metrics.PROBABILITY_METRICS[metric](
            truth, predictions.probabilities, weights, predictions.positive, predictions.new_array
        )
    matrix = weighted_metrics.weighted_confusion(truth, predictions.predicted, target.width, weights)
    if metric in weighted_metrics.CLASS_METRICS:
        return weighted_metrics.CLASS_METRICS[metric](matrix)
    assert predictions.positive is not None
    return weighted_metrics.POSITIVE_CLASS_METRICS[metric](matrix, predictions.positive)


def improvement(metric: str, value: float, baseline: float) -> float:
    """How much better the value is than the baseline; a positive improvement is always better.

    >>> improvement("accuracy", 0.75, 0.25), improvement("rmse", 2.0, 1.5)
    (0.5, -0.5)
    """
    return value - baseline if metric in HIGHER_IS_BETTER else baseline - value
