"""Medians, quartiles and their ratios on hand-worked numbers, and against the library that defines them."""

import statistics

import numpy as np
import pytest

from benchmarks.ratio_statistics import Ratio, median, quantile, ratio


@pytest.mark.parametrize(
    ("values", "share", "value"),
    [
        ([5.0], 0.25, 5.0),
        ([1.0, 3.0], 0.5, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 0.25, 1.75),
        ([4.0, 1.0, 3.0, 2.0], 0.75, 3.25),
        ([9.0, 1.0, 5.0], 1.0, 9.0),
    ],
)
def test_a_share_of_the_values_lies_below(values, share, value):
    assert quantile(values, share) == value


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 8])
def test_quartiles_are_those_of_numpy_and_the_median_that_of_statistics(number):
    values = np.random.default_rng(number).normal(size=number).tolist()
    for share in (0.25, 0.5, 0.75):
        assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), rel=1e-12)
    assert median(values) == pytest.approx(statistics.median(values), rel=1e-12)


def test_how_many_times_as_fast():
    """Medians 10 and 2; quartiles 9 and 11, 1.5 and 2.5: between 9 / 2.5 and 11 / 1.5."""
    assert ratio([12.0, 8.0, 10.0], [1.0, 3.0, 2.0]) == Ratio(middle=5.0, low=3.6, high=pytest.approx(22 / 3))


def test_one_round_has_no_spread():
    assert ratio([6.0], [3.0]) == Ratio(2.0, 2.0, 2.0)


def test_one_disturbed_round_does_not_move_the_ratio():
    assert ratio([10.0, 10.0, 90.0], [5.0, 5.0, 5.0]).middle == 2.0
