"""Metrics of predicted values, over all columns of a target."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.evaluate.metrics.sums_of_blocks import sum_of_blocks

Array = NDArray[Any]


def mean_squared_error(truth: Array, predicted: Array) -> float:
    squares = sum_of_blocks(len(truth), lambda block: (_errors(truth[block], predicted[block]) ** 2).sum())
    return float(squares / np.size(truth))


def mean_absolute_error(truth: Array, predicted: Array) -> float:
    errors = sum_of_blocks(len(truth), lambda block: np.abs(_errors(truth[block], predicted[block])).sum())
    return float(errors / np.size(truth))


def root_mean_squared_error(truth: Array, predicted: Array) -> float:
    return float(np.sqrt(mean_squared_error(truth, predicted)))


def r2(truth: Array, predicted: Array) -> float:
    """The mean of the columns' R2, as in scikit-learn: a constant column has 1 if it is predicted exactly, else 0.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.5
    """
    rows = len(truth)

    def columns(array: Array, block: slice) -> Array:
        return np.asarray(array[block], np.float64).reshape(block.stop - block.start, -1)

    mean = sum_of_blocks(rows, lambda block: columns(truth, block).sum(axis=0)) / rows
    residual = sum_of_blocks(rows, lambda block: ((columns(truth, block) - columns(predicted, block)) ** 2).sum(axis=0))
    total = sum_of_blocks(rows, lambda block: ((columns(truth, block) - mean) ** 2).sum(axis=0))
    constant = np.where(residual == 0, 1.0, 0.0)
    return float(np.mean(np.where(total == 0, constant, 1 - residual / np.where(total == 0, 1.0, total))))


def _errors(truth: Array, predicted: Array) -> NDArray[np.float64]:
    return np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)
