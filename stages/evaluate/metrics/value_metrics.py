"""Metrics of predicted values, over all columns of a target."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def mean_squared_error(truth: Array, predicted: Array) -> float:
    return float(np.mean(_errors(truth, predicted) ** 2))


def mean_absolute_error(truth: Array, predicted: Array) -> float:
    return float(np.mean(np.abs(_errors(truth, predicted))))


def root_mean_squared_error(truth: Array, predicted: Array) -> float:
    return float(np.sqrt(mean_squared_error(truth, predicted)))


def r2(truth: Array, predicted: Array) -> float:
    """The mean of the columns' R2, as in scikit-learn: a constant column has 1 if it is predicted exactly, else 0.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.5
    """
    truth, predicted = (np.asarray(a, np.float64).reshape(len(a), -1) for a in (truth, predicted))
    residual = ((truth - predicted) ** 2).sum(axis=0)
    total = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    constant = np.where(residual == 0, 1.0, 0.0)
    return float(np.mean(np.where(total == 0, constant, 1 - residual / np.where(total == 0, 1.0, total))))


def _errors(truth: Array, predicted: Array) -> NDArray[np.float64]:
    return np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)
