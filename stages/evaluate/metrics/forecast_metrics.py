"""Metrics of forecasts that can be compared between series of different size."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.evaluate.metrics.probability_metrics import UndefinedMetricError

Array = NDArray[Any]


def naive_errors(training: Array, season: int | None) -> NDArray[np.float64]:
    """For each column, the mean absolute error in the training series of the value one season before.

    Without a season, of the value one row before. Not a number where the training series is too short.

    >>> naive_errors(np.array([[1.0], [2.0], [4.0]]), None).tolist()
    [1.5]
    """
    changes = np.abs(training[(season or 1) :] - training[: -(season or 1)])
    return changes.mean(axis=0) if len(changes) else np.full(training.shape[1], np.nan)


def mean_absolute_scaled_error(truth: Array, predicted: Array, naive: Array) -> float:
    """The mean absolute error divided by the naive error of its column; the mean over the columns.

    `truth` and `predicted` have all columns of a step beside each other, for each step. `naive` has a value for each
    column. Raises UndefinedMetricError where it is 0 or unknown.

    >>> mean_absolute_scaled_error(np.array([[1.0, 10.0]]), np.array([[3.0, 10.0]]), np.array([2.0, 5.0]))
    0.5
    """
    if np.isnan(naive).any():
        raise UndefinedMetricError("the training series is not longer than a season")
    if not naive.all():
        raise UndefinedMetricError("the naive forecast has no errors in the training series")
    errors = np.abs(np.asarray(predicted, np.float64) - np.asarray(truth, np.float64))
    return float(np.mean(errors.reshape(-1, len(naive)) / naive))


def symmetric_mean_absolute_percentage_error(
    truth: Array,
    predicted: Array,
    naive: Array | None = None,  # noqa: ARG001
) -> float:
    """From 0 to 200 percent. A forecast of 0 that is right has no error.

    >>> symmetric_mean_absolute_percentage_error(np.array([100.0, 0.0]), np.array([300.0, 0.0]))
    50.0
    """
    truth, predicted = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    size = np.abs(truth) + np.abs(predicted)
    return float(np.mean(200 * np.abs(predicted - truth) / np.where(size == 0, 1.0, size)))
