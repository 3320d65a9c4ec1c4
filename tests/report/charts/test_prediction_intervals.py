import numpy as np
import pytest

from stages.report.charts.prediction_intervals import interval_area, is_cut_off, visible_range

INFINITE = float("inf")


def test_few_bounds_are_all_drawn() -> None:
    assert interval_area([7, 8], [1.0, 2.0], [3.0, 5.0]).bounds == [(7.0, 1.0, 3.0), (8.0, 2.0, 5.0)]


def test_of_many_bounds_the_extreme_ones_are_drawn() -> None:
    lower, upper = np.zeros(5000), np.ones(5000)
    lower[1234], upper[4321] = -7.0, 7.0
    bounds = interval_area(range(5000), lower.tolist(), upper.tolist()).bounds
    assert len(bounds) <= 802
    assert {(1234.0, -7.0, 1.0), (4321.0, 0.0, 7.0)} <= set(bounds)
    assert [x for x, _, _ in bounds] == sorted(x for x, _, _ in bounds)


@pytest.mark.parametrize(
    ("lower", "upper", "shown", "cut_off"),
    [
        ([], [], (10.0, 20.0), False),
        ([8.0, 12.0], [15.0, 22.0], (8.0, 22.0), False),
        ([12.0], [15.0], (10.0, 20.0), False),
        ([-1000.0], [30.0], (-10.0, 30.0), True),
        ([-INFINITE], [INFINITE], (-10.0, 40.0), True),
    ],
)
def test_wide_intervals_do_not_make_the_curve_flat(
    lower: list[float], upper: list[float], shown: tuple[float, float], cut_off: bool
) -> None:
    values = [10.0, 15.0, 20.0]
    assert visible_range(values, lower, upper) == shown
    assert is_cut_off(shown, lower, upper) == cut_off


def test_the_interval_of_a_constant_forecast_is_visible() -> None:
    assert visible_range([5.0, 5.0], [4.0], [6.0]) == (4.0, 6.0)
    assert visible_range([0.0], [-9.0], [9.0]) == (-1.0, 1.0)
