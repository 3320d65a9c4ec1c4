"""Forecasts of series by hand, and what they must not know."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError
from stages.evaluate.baselines.series.naive_forecasts import (
    drift_forecast,
    persistence_forecast,
    seasonal_naive_forecast,
)
from stages.evaluate.baselines.series.theta_forecast import FittedTheta, forecast_column

TWO_COLUMNS = np.array([[1.0, 10], [2, 20], [4, 10], [8, 50], [16, 60]])
THETA = FittedTheta(alpha=0.3, trend=0.5, season=np.array([1.0, 2, 3]), multiplicative=False, converged=True)
FORECASTS: dict[str, Callable[..., Any]] = {
    "persistence": persistence_forecast,
    "drift": drift_forecast,
    "seasonal_naive": lambda values, origins, steps: seasonal_naive_forecast(values, origins, steps, 3),
    "theta": lambda values, origins, steps: forecast_column(THETA, values[:, 0], origins, steps),
}


def test_all_columns_of_a_step_are_beside_each_other() -> None:
    """The columns change by 1 and 0 from row 0 to row 2 in the mean (3 / 2 and 0 / 2)."""
    origins = np.array([2])
    assert persistence_forecast(TWO_COLUMNS, origins, range(1, 3)).tolist() == [[4, 10, 4, 10]]
    assert drift_forecast(TWO_COLUMNS, origins, range(1, 3)).tolist() == [[5.5, 10, 7, 10]]
    assert seasonal_naive_forecast(TWO_COLUMNS, origins, range(1, 4), season=2).tolist() == [[2, 20, 4, 10, 2, 20]]


def test_a_single_step_ahead() -> None:
    """At row 4 the columns have changed by 15 / 4 and 50 / 4 each row; three seasons of 2 rows reach row 7 from 1."""
    assert persistence_forecast(TWO_COLUMNS, np.array([4]), range(3, 4)).tolist() == [[16, 60]]
    assert drift_forecast(TWO_COLUMNS, np.array([4]), range(3, 4)).tolist() == [[16 + 11.25, 60 + 37.5]]
    assert seasonal_naive_forecast(TWO_COLUMNS, np.array([4]), range(3, 4), season=2).tolist() == [[8, 50]]


def test_drift_counts_training_rows_that_come_before() -> None:
    """2 and 4 change by 2 in one step, and 10, 20, 30 by 20 in two: 22 / 3 each row."""
    values, training = np.array([[10.0], [20], [30]]), np.array([[2.0], [4]])
    np.testing.assert_allclose(
        drift_forecast(values, np.array([0, 2]), range(1, 2), training), [[10 + 2 / 1], [30 + 22 / 3]]
    )


def test_drift_needs_two_known_rows() -> None:
    with pytest.raises(ForecastNotPossibleError, match="two known rows"):
        drift_forecast(TWO_COLUMNS, np.array([0, 1]), range(1, 2))


def test_seasonal_naive_needs_a_known_season() -> None:
    assert seasonal_naive_forecast(TWO_COLUMNS, np.array([3]), range(1, 5), season=4).shape == (1, 8)
    with pytest.raises(ForecastNotPossibleError, match="the season has 4 rows, and the first forecast has 3 known"):
        seasonal_naive_forecast(TWO_COLUMNS, np.array([2, 3]), range(1, 2), season=4)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(data=st.data(), name=st.sampled_from([*FORECASTS]))
def test_a_forecast_does_not_depend_on_values_after_its_origin(data: st.DataObject, name: str) -> None:
    numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
    rows = data.draw(st.integers(4, 30))
    values = data.draw(arrays(np.float64, (rows, 1), elements=numbers))
    origins = np.arange(2, rows)
    origin = data.draw(st.integers(2, rows - 1))
    changed = values.copy()
    changed[origin + 1 :] = data.draw(arrays(np.float64, (rows - origin - 1, 1), elements=numbers))
    steps = range(1, data.draw(st.integers(1, 7)) + 1)
    before, after = (FORECASTS[name](each, origins, steps) for each in (values, changed))
    np.testing.assert_array_equal(before[origins <= origin], after[origins <= origin])
