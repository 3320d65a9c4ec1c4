"""Intervals by hand, and the share of truths that they hold over many draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stages.core.columns.series.row_steps import FittedLog
from stages.evaluate.forecasts.conformal_intervals import (
    TooFewCalibrationSamplesError,
    forecast_errors,
    interval_quantiles,
    quantile_errors,
)
from stages.inference.intervals.bounds import Bounds, moved_bounds
from stages.inference.intervals.error_space import ErrorSpace

IN_UNIT = ErrorSpace()
Values = NDArray[np.float64]


def conformal_bounds(level: float, calibration: tuple[Values, Values], predicted: Values, space: ErrorSpace) -> Bounds:
    """`calibration` has the truth and the forecasts."""
    errors = forecast_errors(level, *calibration, space)
    return moved_bounds(Bounds(predicted, predicted), errors, 1.0, space)


def conformal_quantile_bounds(
    level: float, truth: Values, calibration: Bounds, predicted: Bounds, space: ErrorSpace
) -> Bounds:
    return moved_bounds(predicted, quantile_errors(level, truth, calibration, space), 1.0, space)


def test_the_bounds_are_the_second_errors_from_both_ends() -> None:
    """Of 19 errors from -5 to 13, an interval of 0.8 leaves out one on each side: 20 * 0.1 = 2, the second ones."""
    truth = np.arange(19.0)[:, None]
    bounds = conformal_bounds(0.8, (truth, np.full((19, 1), 5.0)), np.array([[100.0], [200.0]]), IN_UNIT)
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[96], [196]], [[112], [212]])


def test_each_output_has_a_width_of_its_own() -> None:
    truth = np.column_stack([np.arange(9.0), 10 * np.arange(9.0)])
    bounds = conformal_bounds(0.8, (truth, np.zeros((9, 2))), np.zeros((1, 2)), IN_UNIT)
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[0, 0]], [[8, 80]])


def test_errors_of_a_logarithm_are_factors() -> None:
    """Truths of a half to twice the forecast, plus 1 on both sides."""
    factors = np.array([0.5, *[1.0] * 7, 2])[:, None]
    bounds = conformal_bounds(
        0.8, (factors * 10 - 1, np.full((9, 1), 9.0)), np.array([[99.0]]), ErrorSpace([FittedLog(plus=1)])
    )
    np.testing.assert_allclose([bounds.lower[0, 0], bounds.upper[0, 0]], [49, 199])


def test_a_logarithm_of_a_forecast_that_is_zero_is_a_number() -> None:
    bounds = conformal_bounds(0.8, (np.ones((9, 1)), np.ones((9, 1))), np.array([[0.0]]), ErrorSpace([FittedLog()]))
    np.testing.assert_allclose([bounds.lower[0, 0], bounds.upper[0, 0]], [0, 0], atol=1e-300)


@pytest.mark.parametrize(("level", "needed"), [(0.8, 9), (0.9, 19), (0.95, 39), (0.5, 3), (0.99, 199)])
def test_too_few_samples_for_the_level(level: float, needed: int) -> None:
    truth = np.zeros((needed, 1))
    conformal_bounds(level, (truth, truth), truth, IN_UNIT)
    with pytest.raises(TooFewCalibrationSamplesError) as caught:
        conformal_bounds(level, (truth[1:], truth[1:]), truth, IN_UNIT)
    assert f"at least {needed} validation samples, and there are {needed - 1}" in str(caught.value)


@pytest.mark.parametrize(("level", "needed"), [(0.8, 4), (0.9, 9), (0.5, 1)])
def test_predicted_quantiles_need_half_as_many_samples(level: float, needed: int) -> None:
    truth = np.zeros((needed, 1))
    conformal_quantile_bounds(level, truth, Bounds(truth, truth), Bounds(truth, truth), IN_UNIT)
    few = truth[1:]
    with pytest.raises(TooFewCalibrationSamplesError, match=f"at least {needed} validation"):
        conformal_quantile_bounds(level, few, Bounds(few, few), Bounds(truth, truth), IN_UNIT)


def test_predicted_quantiles_are_moved_by_the_distance_that_holds_the_level() -> None:
    """From 0 to 10, the truths are 3 to 0 below, 2 above, and inside by 1 to 4; ranks 8 of 9 is a distance of 2."""
    truth = np.array([-3.0, -2, -1, 0, 12, 1, 2, 3, 4])[:, None]
    calibration = Bounds(np.zeros((9, 1)), np.full((9, 1), 10.0))
    predicted = Bounds(np.array([[50.0]]), np.array([[51.0]]))
    bounds = conformal_quantile_bounds(0.8, truth, calibration, predicted, IN_UNIT)
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[48]], [[53]])


def test_predicted_quantiles_that_are_too_far_apart_are_moved_inwards() -> None:
    """All truths are 4 or more inside. A predicted interval that is shorter than 8 ends as its middle."""
    truth, calibration = np.full((9, 1), 4.0), Bounds(np.zeros((9, 1)), np.full((9, 1), 10.0))
    predicted = Bounds(np.array([[0.0], [0.0]]), np.array([[10.0], [6.0]]))
    bounds = conformal_quantile_bounds(0.8, truth, calibration, predicted, IN_UNIT)
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[4], [3]], [[6], [3]])


def test_quantiles_in_the_wrong_order_are_exchanged() -> None:
    truth = np.zeros((9, 1))
    bounds = conformal_quantile_bounds(
        0.8, truth, Bounds(truth + 1, truth - 1), Bounds(np.array([[7.0]]), np.array([[5.0]])), IN_UNIT
    )
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[6]], [[6]])


@pytest.mark.parametrize(
    ("quantiles", "level", "expected"),
    [
        ([0.1, 0.5, 0.9], 0.8, (0, 2)),
        ([0.1, 0.5, 0.9], 0.95, (0, 2)),
        ([0.05, 0.25, 0.5, 0.75, 0.95], 0.5, (1, 3)),
        ([0.5], 0.8, None),
    ],
)
def test_the_quantiles_of_an_interval(quantiles: list[float], level: float, expected: tuple[int, int] | None) -> None:
    assert interval_quantiles(quantiles, level) == expected


@settings(deadline=None, derandomize=True, max_examples=30)
@given(samples=st.integers(19, 60), level=st.sampled_from([0.5, 0.8, 0.9]), quantiles=st.booleans())
def test_the_share_of_truths_in_the_intervals_is_the_level_or_a_little_more(
    samples: int, level: float, quantiles: bool
) -> None:
    """Each output is a draw of its own, with the errors of its validation samples and of one test sample."""
    errors = np.random.default_rng(samples).gumbel(size=(samples + 1, 20_000))
    zeros = np.zeros_like(errors)
    if quantiles:
        calibration = Bounds(zeros[:-1], zeros[:-1] + 1)
        bounds = conformal_quantile_bounds(level, errors[:-1], calibration, Bounds(zeros[-1:], zeros[-1:] + 1), IN_UNIT)
    else:
        bounds = conformal_bounds(level, (errors[:-1], zeros[:-1]), zeros[-1:], IN_UNIT)
    share = np.mean((bounds.lower <= errors[-1:]) & (errors[-1:] <= bounds.upper))
    assert level - 0.01 <= share <= level + 2 / (samples + 1) + 0.01
