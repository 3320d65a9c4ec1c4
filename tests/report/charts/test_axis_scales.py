import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stages.report.charts.axis_scales import counting, dated, fitted, linear, linear_over, nice_step


def texts(scale):
    return [text for _, text in scale.ticks]


def test_ticks_are_round_and_enclose_the_values():
    assert texts(linear_over([0.13, 0.87])) == ["0", "0.2", "0.4", "0.6", "0.8", "1"]
    assert texts(linear_over([12.0, 47.0])) == ["10", "20", "30", "40", "50"]


def test_a_value_between_two_ticks_lies_at_its_fraction():
    scale = linear(0, 8)
    assert (scale.low, scale.high) == (0, 8)
    assert scale.at(2) == 0.25


def test_a_loss_that_falls_a_thousandfold_gets_a_logarithmic_axis():
    scale = fitted([5.0, 0.005])
    assert scale.log
    assert texts(scale) == ["0.001", "0.01", "0.1", "1", "10"]
    assert scale.at(0.1) == pytest.approx(0.5)


def test_far_powers_of_ten_are_all_written_alike():
    assert texts(fitted([1e-6, 1e-3])) == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³"]


def test_what_reaches_zero_stays_linear():
    assert not fitted([0.0, 1000.0]).log


def test_a_constant_has_room_around_it():
    scale = linear_over([5.0, 5.0])
    assert scale.low < 5 < scale.high


def test_epochs_are_whole_numbers_from_the_first_to_the_last():
    assert texts(counting(1, 20)) == ["1", "5", "10", "15", "20"]
    assert texts(counting(1, 3)) == ["1", "2", "3"]
    assert (counting(1, 37).low, counting(1, 37).high) == (1, 37)
    assert "1" in texts(counting(1, 1))


def test_large_values_carry_a_unit():
    assert texts(linear_over([0, 41e6])) == ["0", "10M", "20M", "30M", "40M", "50M"]
    assert texts(linear_over([0, 2e6])) == ["0", "0.5M", "1M", "1.5M", "2M"]


def test_time_has_a_tick_where_a_month_begins():
    days = ["2020-01-30", "2020-01-31", "2020-02-01", "2020-03-01", "2020-04-01"]
    assert dated(days, 0, 4).ticks == ((2, "2020-02"), (3, "2020-03"), (4, "2020-04"))
    assert dated(days, 2, 4).low == 2


@given(st.floats(1e-6, 1e9), st.floats(-1e9, 1e9))
@example(0.0625, 499999999.9999999)
def test_any_range_lies_between_its_first_and_last_tick(span, low):
    """But for a millionth of the range, which nobody sees."""
    high = low + span + abs(low) * 1e-6
    unseen = (high - low) * 1e-6
    scale = linear(low, high)
    assert scale.low <= low + unseen
    assert scale.high >= high - unseen
    assert 2 <= len(scale.ticks) <= 9


@given(st.floats(1e-9, 1e9))
def test_a_step_is_one_two_or_five_times_a_power_of_ten(span):
    step = nice_step(span, 5)
    assert float(f"{step:e}".split("e")[0]) in (1, 2, 5)
    assert math.ceil(span / step - 1e-6) <= 5
