"""Forecasts that need no fit. Each uses the values up to its origin alone, which is the last known row.

`values` is a matrix of rows and columns, `origins` has one row number for each sample, and `steps_ahead` says how many
rows after the origin the forecasts are. A result is a matrix of samples and outputs: all columns of the first step,
then all columns of the next one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError

Values = NDArray[np.float64]
Origins = NDArray[np.integer[Any]]


def persistence_forecast(values: Values, origins: Origins, steps_ahead: Sequence[int]) -> Values:
    """The last known value, for every step.

    >>> persistence_forecast(np.array([[1.0], [2.0], [4.0]]), np.array([1, 2]), range(1, 3)).tolist()
    [[2.0, 2.0], [4.0, 4.0]]
    """
    return np.tile(values[origins], (1, len(steps_ahead)))


def drift_forecast(
    values: Values, origins: Origins, steps_ahead: Sequence[int], earlier: Values | None = None
) -> Values:
    """The last known value plus the mean change from one known row to the next, for each step ahead.

    `earlier` are the training values if `values` does not begin with them: their changes count too.

    >>> drift_forecast(np.array([[1.0], [2.0], [5.0]]), np.array([1, 2]), range(1, 3)).tolist()
    [[3.0, 4.0], [7.0, 9.0]]
    """
    total, count = values[origins] - values[0], np.asarray(origins, np.float64)[:, None]
    if earlier is not None and len(earlier):
        total, count = total + (earlier[-1] - earlier[0]), count + (len(earlier) - 1)
    if not count.all():
        raise ForecastNotPossibleError("a mean change needs two known rows, and the first forecast has one")
    change = (total / count)[:, None, :] * np.asarray(steps_ahead, np.float64)[:, None]
    forecasts: Values = (values[origins][:, None, :] + change).reshape(len(origins), -1)
    return forecasts


def seasonal_naive_forecast(values: Values, origins: Origins, steps_ahead: Sequence[int], season: int) -> Values:
    """The value one season before, or as many seasons before as it takes to reach a known row.

    >>> values = np.arange(6.0)[:, None]
    >>> seasonal_naive_forecast(values, np.array([2, 3]), range(1, 5), season=3).tolist()
    [[0.0, 1.0, 2.0, 0.0], [1.0, 2.0, 3.0, 1.0]]
    """
    steps = np.asarray(steps_ahead, np.int64)
    rows = np.asarray(origins, np.int64)[:, None] + (steps - season * -(-steps // season))
    if rows.size and rows.min() < 0:
        known = int(np.min(origins)) + 1
        raise ForecastNotPossibleError(f"the season has {season} rows, and the first forecast has {known} known rows")
    forecasts: Values = values[rows].reshape(len(origins), -1)
    return forecasts
