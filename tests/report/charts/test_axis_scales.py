import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stages.report.charts.axis_scales import (
    Scale,
    automatic_scale,
    date_scale,
    integer_scale,
    linear_scale,
    nice_step,
    short_dates,
)


@pytest.mark.parametrize(
    ("scale", "texts"),
    [
        (linear_scale([0.13, 0.87]), "0 0.2 0.4 0.6 0.8 1"),
        (linear_scale([12.0, 47.0]), "10 20 30 40 50"),
        (linear_scale([0, 41e6]), "0 10M 20M 30M 40M 50M"),
        (linear_scale([0, 2e6]), "0 0.5M 1M 1.5M 2M"),
        (automatic_scale([5.0, 0.005]), "0.001 0.01 0.1 1 10"),
        (automatic_scale([1e-6, 1e-3]), "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³"),
        (integer_scale(1, 3), "1 2 3"),
    ],
)
def test_ticks_are_round_and_include_all_values(scale: Scale, texts: str) -> None:
    assert [text for _, text in scale.ticks] == texts.split()


def test_the_fraction_of_a_value() -> None:
    scale = linear_scale([0, 8])
    assert (scale.low, scale.high) == (0, 8)
    assert scale.fraction(2) == 0.25


def test_a_wide_range_has_a_logarithmic_scale() -> None:
    scale = automatic_scale([5.0, 0.005])
    assert scale.log
    assert scale.fraction(0.1) == pytest.approx(0.5)
    assert not automatic_scale([0.0, 1000.0]).log


def test_a_single_value_lies_within_the_scale() -> None:
    scale = linear_scale([5.0, 5.0])
    assert scale.low < 5 < scale.high
    assert "1" in [text for _, text in integer_scale(1, 1).ticks]


def test_an_integer_scale_starts_and_ends_exactly() -> None:
    assert (integer_scale(1, 37).low, integer_scale(1, 37).high) == (1, 37)


def test_a_date_scale_has_ticks_where_a_month_begins() -> None:
    days = ["2020-01-30", "2020-01-31", "2020-02-01", "2020-03-01", "2020-04-01"]
    assert date_scale(days, 0, 4).ticks == ((2, "2020-02"), (3, "2020-03"), (4, "2020-04"))
    assert date_scale(days, 2, 4).low == 2


def test_times_of_day_are_long_so_that_there_are_fewer_ticks() -> None:
    """The first time has no tick, since no minute begins there."""
    minutes = [f"2020-01-30 10:{minute:02}:00" for minute in range(13)]
    assert date_scale(minutes, 0, 12).ticks == (
        (1, "2020-01-30 10:01"),
        (5, "2020-01-30 10:05"),
        (9, "2020-01-30 10:09"),
    )


def test_dates_are_cut_as_long_as_they_differ() -> None:
    assert short_dates(["2020-01-30 10:00:00", "2020-01-31 10:00:00"]) == ["2020-01-30", "2020-01-31"]
    assert short_dates(["2020-01-30 10:00:01", "2020-01-30 10:00:02"]) == ["2020-01-30 10:00:01", "2020-01-30 10:00:02"]


@given(st.floats(1e-6, 1e9), st.floats(-1e9, 1e9))
@example(0.0625, 499999999.9999999)
def test_any_range_lies_between_the_first_and_the_last_tick(span: float, low: float) -> None:
    """Except for a millionth of the range, which is not visible."""
    high = low + span + abs(low) * 1e-6
    tolerance = (high - low) * 1e-6
    scale = linear_scale([low, high])
    assert scale.low <= low + tolerance
    assert scale.high >= high - tolerance
    assert 2 <= len(scale.ticks) <= 9


@given(st.floats(1e-9, 1e9))
def test_a_step_is_one_two_or_five_times_a_power_of_ten(span: float) -> None:
    step = nice_step(span, 5)
    assert float(f"{step:e}".split("e")[0]) in (1, 2, 5)
    assert math.ceil(span / step - 1e-6) <= 5
