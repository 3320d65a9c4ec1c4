"""A metric of many resamples of the same rows, in a few operations on whole arrays.

The values are those of evaluate's functions, which take one resample each and need several times as long.
"""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.evidence.predicted_rows import Array, PredictedTarget
from stages.evaluate.metrics import weighted_metrics
from stages.evaluate.metrics.probability_metrics import (
    CALIBRATION_BINS,
    UndefinedMetricError,
    calibrated_probability,
    log_losses,
    rows_of_calibration_bins,
)
from stages.evaluate.metrics.target_metrics import CLASS_METRICS, POSITIVE_CLASS_METRICS
from stages.evaluate.metrics.weighted_metrics import PREFIX

Floats = NDArray[np.float64]
Draws = NDArray[np.int64]
# Drawn rows that are measured at once.
MAX_ROWS_AT_ONCE = 2_000_000
ROW_MEANS = ("accuracy", "log_loss", "mae", "mse", "rmse")
OF_ALL_CLASSES: dict[str, Callable[[Array], float]] = {**CLASS_METRICS, **weighted_metrics.CLASS_METRICS}
OF_POSITIVE_CLASS: dict[str, Callable[[Array, int], float]] = {
    **POSITIVE_CLASS_METRICS,
    **weighted_metrics.POSITIVE_CLASS_METRICS,
}


def measure_resamples(metric: str, target: PredictedTarget, draws: Draws) -> Floats:
    """The value of each resample, NaN where its rows do not define the metric. A line of `draws` is a resample."""
    at_once = max(1, MAX_ROWS_AT_ONCE // draws.shape[1])
    parts = [draws[first : first + at_once] for first in range(0, len(draws), at_once)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.concatenate([_measure(metric, target, part) for part in parts])


def _measure(metric: str, target: PredictedTarget, draws: Draws) -> Floats:
    name, weights = metric.removeprefix(PREFIX), _weights(metric, target)
    if name in ROW_MEANS:
        values = (weights * _row_values(name, target))[draws].sum(axis=1) / weights[draws].sum(axis=1)
        return np.asarray(np.sqrt(values) if name == "rmse" else values)
    if metric in OF_ALL_CLASSES or metric in OF_POSITIVE_CLASS:
        return _confusion_metrics(metric, target, weights, draws)
    if name == "calibration_error":
        return _calibration_errors(target, weights, draws)
    if name in ("roc_auc", "pr_auc"):
        return _mean_areas(name, target, weights, draws)
    return np.array([_measure_resample(metric, target, rows) for rows in draws])


def _weights(metric: str, target: PredictedTarget) -> Floats:
    """1 for each row, unless the metric is weighted."""
    weights = target.predictions.weights if metric.startswith(PREFIX) else None
    return np.ones(len(target.truth)) if weights is None else weights.astype(np.float64)


def _measure_resample(metric: str, target: PredictedTarget, rows: NDArray[np.int64]) -> float:
    with suppress(UndefinedMetricError):
        return target.take(rows).measure(metric)
    return np.nan


def _row_values(name: str, target: PredictedTarget) -> Floats:
    """What the metric is the mean of over the rows."""
    predictions = target.predictions
    if name == "accuracy":
        return np.asarray(predictions.predicted == target.truth, np.float64)
    if name == "log_loss":
        assert predictions.probabilities is not None
        return log_losses(target.truth, predictions.probabilities)
    errors = (predictions.predicted - target.truth).reshape(len(target.truth), -1)
    values: Floats = np.mean(np.abs(errors) if name == "mae" else errors**2, axis=1)
    return values


def _sums(groups: NDArray[np.int64], count: int, values: Floats, draws: Draws) -> Floats:
    """For each resample, the sum of the values of each of `count` groups; `groups` has the group of each row."""
    cells = groups[draws] + count * np.arange(len(draws))[:, None]
    sums = np.bincount(cells.ravel(), values[draws].ravel(), minlength=count * len(draws))
    return np.asarray(sums, np.float64).reshape(len(draws), count)


def _confusion_metrics(metric: str, target: PredictedTarget, weights: Floats, draws: Draws) -> Floats:
    classes, positive = target.spec.width, target.predictions.positive
    cells = target.truth * classes + target.predictions.predicted
    matrices = _sums(cells, classes**2, weights, draws).reshape(-1, classes, classes)
    return np.array([_confusion_metric(metric, matrix, positive) for matrix in matrices])


def _confusion_metric(metric: str, matrix: Floats, positive: int | None) -> float:
    if not matrix.any():
        return np.nan
    if metric in OF_ALL_CLASSES:
        return OF_ALL_CLASSES[metric](matrix)
    assert positive is not None
    with suppress(UndefinedMetricError):
        return OF_POSITIVE_CLASS[metric](matrix, positive)
    return np.nan


def _calibration_errors(target: PredictedTarget, weights: Floats, draws: Draws) -> Floats:
    probabilities, positive = target.predictions.probabilities, target.predictions.positive
    assert probabilities is not None
    probability, correct = calibrated_probability(target.truth, probabilities, positive)
    bins = np.zeros(len(probability), np.int64)
    for number, rows in enumerate(rows_of_calibration_bins(probability)):
        bins[rows] = number
    distances = np.abs(_sums(bins, CALIBRATION_BINS, weights * (probability - correct), draws)).sum(axis=1)
    errors: Floats = distances / weights[draws].sum(axis=1)
    return errors


def _mean_areas(name: str, target: PredictedTarget, weights: Floats, draws: Draws) -> Floats:
    """The mean over the classes that are measured, as evaluate's `mean_over_classes`: those that not all rows have."""
    probabilities, positive = target.predictions.probabilities, target.predictions.positive
    assert probabilities is not None
    of_two = 1 if positive is None else positive
    classes = [of_two] if target.spec.width == 2 else range(target.spec.width)
    area = _roc_areas if name == "roc_auc" else _average_precisions
    areas = [
        area(*_weights_by_score(target.truth == number, probabilities[:, number], weights, draws)) for number in classes
    ]
    defined = ~np.isnan(areas)
    means: Floats = np.where(defined, areas, 0.0).sum(axis=0) / defined.sum(axis=0)
    return means


def _weights_by_score(
    positive: NDArray[np.bool_], score: Array, weights: Floats, draws: Draws
) -> tuple[Floats, Floats]:
    """For each resample, the weights of the positive rows and of the others at each score, in ascending order."""
    distinct, groups = np.unique(score, return_inverse=True)
    positives, negatives = (_sums(groups, len(distinct), weights * chosen, draws) for chosen in (positive, ~positive))
    return positives, negatives


def _roc_areas(positives: Floats, negatives: Floats) -> Floats:
    """NaN if all rows of a resample are positive, or none."""
    lower = np.cumsum(negatives, axis=1) - negatives
    areas: Floats = (positives * (lower + negatives / 2)).sum(axis=1) / (positives.sum(axis=1) * negatives.sum(axis=1))
    return areas


def _average_precisions(positives: Floats, negatives: Floats) -> Floats:
    """NaN if all rows of a resample are positive, or none."""
    found, all_found = (np.cumsum(side[:, ::-1], axis=1) for side in (positives, positives + negatives))
    precision = np.where(all_found > 0, found / all_found, 0.0)
    areas: Floats = (precision * positives[:, ::-1]).sum(axis=1) / found[:, -1]
    areas[~negatives.any(axis=1)] = np.nan
    return areas
