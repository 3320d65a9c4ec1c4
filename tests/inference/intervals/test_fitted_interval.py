"""Bounds by hand from an interval that evaluate could have fitted."""

import numpy as np
import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.series.forecast_inverse import SeriesHistory
from stages.core.columns.series.row_steps import FittedLog
from stages.inference.intervals.fitted_interval import FittedInterval
from tests.inference.intervals.example_intervals import fitted_interval

TARGET = TargetSpec(column=NumberColumns(columns=["y"]))
# The changes before the two forecasts are 1 and 3, and 3 and 6.
KNOWN = SeriesHistory(np.array([[0.0], [1.0], [4.0], [10.0]]), np.array([2, 3]))
FORECASTS = [np.array([[5.0], [20.0]])]


def test_without_a_scale_errors_are_added_as_they_are() -> None:
    bounds = fitted_interval().bounds(TARGET, FORECASTS, KNOWN)
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[4], [19]], [[7], [22]])


@pytest.mark.parametrize(("smallest", "scales"), [(0.5, [2, 4.5]), (3.0, [3, 4.5])])
def test_errors_are_multiplied_by_the_recent_change(smallest: float, scales: list[float]) -> None:
    bounds = fitted_interval(recent_rows=2, smallest_scale=[smallest]).bounds(TARGET, FORECASTS, KNOWN)
    assert bounds.lower.tolist() == [[5 - scales[0]], [20 - scales[1]]]
    assert bounds.upper.tolist() == [[5 + 2 * scales[0]], [20 + 2 * scales[1]]]


def test_predicted_quantiles_are_moved() -> None:
    quantiles = [np.array([[1.0]]), np.array([[2.0]]), np.array([[4.0]])]
    interval = fitted_interval(method="conformal_quantiles", quantiles=(0, 2))
    bounds = interval.bounds(TARGET, quantiles, SeriesHistory(KNOWN.values, KNOWN.origins[:1]))
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[0]], [[6]])


def test_with_a_logarithm_errors_are_factors() -> None:
    target = TargetSpec(column=NumberColumns(columns=["y"], steps=[FittedLog()]))
    interval = fitted_interval(lower=[-np.log(2)], upper=[np.log(3)])
    bounds = interval.bounds(target, FORECASTS, SeriesHistory(KNOWN.values + 1, KNOWN.origins))
    np.testing.assert_allclose(bounds.lower, [[2.5], [10.0]])
    np.testing.assert_allclose(bounds.upper, [[15], [60]])


def test_all_bits_are_kept_in_its_text() -> None:
    random = np.random.default_rng(0).normal(size=60)
    interval = fitted_interval(lower=random[:30].tolist(), upper=random[30:].tolist(), smallest_scale=[1 / 3])
    assert FittedInterval.model_validate_json(interval.model_dump_json()) == interval
