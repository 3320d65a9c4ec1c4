"""Metrics in which each row counts as much as its weight. Their names begin with `weighted_`."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.evaluate.metrics.probability_metrics import UndefinedMetricError, log_losses

Array = NDArray[Any]
Floats = NDArray[np.float64]
PREFIX = "weighted_"


def weighted_confusion(truth: Array, predicted: Array, classes: int, weights: Array) -> Floats:
    """The sum of the weights in each cell. Rows are true classes, columns are predicted classes.

    >>> weighted_confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), 2, np.array([1.0, 2.0, 0.5])).tolist()
    [[1.0, 0.0], [0.5, 2.0]]
    """
    cells = truth.astype(np.int64) * classes + predicted
    return np.asarray(np.bincount(cells, _checked(weights), minlength=classes**2), np.float64).reshape(classes, classes)


def accuracy(matrix: Floats) -> float:
    return float(np.trace(matrix) / matrix.sum())


def balanced_accuracy(matrix: Floats) -> float:
    """The mean recall of the classes with weight."""
    support = matrix.sum(axis=1)
    return float(np.mean(np.diag(matrix)[support > 0] / support[support > 0]))


def macro_f1(matrix: Floats) -> float:
    """The mean F1 of the classes with weight."""
    support = matrix.sum(axis=1)
    both = (matrix.sum(axis=0) + support)[support > 0]
    return float(np.mean(2 * np.diag(matrix)[support > 0] / both))


def log_loss(truth: Array, probabilities: Array, weights: Array) -> float:
    return float(np.average(log_losses(truth, probabilities), weights=_checked(weights)))


def mean_squared_error(truth: Array, predicted: Array, weights: Array) -> float:
    return float(np.average(np.mean(_errors(truth, predicted) ** 2, axis=1), weights=_checked(weights)))


def mean_absolute_error(truth: Array, predicted: Array, weights: Array) -> float:
    return float(np.average(np.mean(np.abs(_errors(truth, predicted)), axis=1), weights=_checked(weights)))


def root_mean_squared_error(truth: Array, predicted: Array, weights: Array) -> float:
    return float(np.sqrt(mean_squared_error(truth, predicted, weights)))


def r2(truth: Array, predicted: Array, weights: Array) -> float:
    """The mean of the columns' R2, as in scikit-learn: a constant column has 1 if it is predicted exactly, else 0.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 1.0]))
    0.5
    """
    shares = _checked(weights)[:, None]
    values = np.asarray(truth, np.float64).reshape(len(truth), -1)
    residual = (shares * _errors(truth, predicted) ** 2).sum(axis=0)
    mean = (shares * values).sum(axis=0) / shares.sum()
    total = (shares * (values - mean) ** 2).sum(axis=0)
    constant = np.where(residual == 0, 1.0, 0.0)
    return float(np.mean(np.where(total == 0, constant, 1 - residual / np.where(total == 0, 1.0, total))))


CLASS_METRICS: dict[str, Callable[[Floats], float]] = {
    f"{PREFIX}accuracy": accuracy,
    f"{PREFIX}balanced_accuracy": balanced_accuracy,
    f"{PREFIX}macro_f1": macro_f1,
}
PROBABILITY_METRICS: dict[str, Callable[[Array, Array, Array], float]] = {f"{PREFIX}log_loss": log_loss}
VALUE_METRICS: dict[str, Callable[[Array, Array, Array], float]] = {
    f"{PREFIX}mse": mean_squared_error,
    f"{PREFIX}mae": mean_absolute_error,
    f"{PREFIX}rmse": root_mean_squared_error,
    f"{PREFIX}r2": r2,
}


def _checked(weights: Array) -> Floats:
    if not weights.any():
        raise UndefinedMetricError("the weights of all rows are 0")
    return np.asarray(weights, np.float64)


def _errors(truth: Array, predicted: Array) -> Floats:
    return (np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)).reshape(len(truth), -1)
