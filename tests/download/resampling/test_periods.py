"""The periods of times, by hand and against those of pandas."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from stages.download.resampling.periods import Periods

# On both sides of 1970, a leap day, midnights and full hours among them.
TIMES = np.array(
    ["1899-12-31T23:59:59", "1969-12-31", "1970-01-01", "2020-02-28T12:00", "2020-02-29", "2020-02-29T00:00:00.000001",
     "2020-03-01", "2020-03-01T01:00", "2020-03-01T01:30", "2021-12-31T23:00"],
    "M8[us]",
)  # fmt: skip


def times_of(count: int, unit: str) -> list[str]:
    periods = Periods(count, unit)
    return np.datetime_as_string(periods.times(periods.numbers(TIMES)), "m").tolist()


@pytest.mark.parametrize(
    ("count", "unit", "of_leap_day", "of_half_past_one"),
    [
        (1, "D", "2020-02-29T00:00", "2020-03-01T00:00"),
        (1, "W", "2020-03-01T00:00", "2020-03-01T00:00"),
        (1, "B", "2020-03-02T00:00", "2020-03-02T00:00"),
        (1, "MS", "2020-02-01T00:00", "2020-03-01T00:00"),
        (1, "ME", "2020-02-29T00:00", "2020-03-31T00:00"),
        (1, "QS", "2020-01-01T00:00", "2020-01-01T00:00"),
        (1, "QE", "2020-03-31T00:00", "2020-03-31T00:00"),
        (6, "MS", "2020-01-01T00:00", "2020-01-01T00:00"),
        (1, "YE", "2020-12-31T00:00", "2020-12-31T00:00"),
        (1, "h", "2020-02-29T01:00", "2020-03-01T02:00"),
        (12, "h", "2020-02-29T12:00", "2020-03-01T12:00"),
        (15, "min", "2020-02-29T00:15", "2020-03-01T01:30"),
    ],
)
def test_a_period_has_the_time_of_its_end_and_ms_that_of_its_begin(
    count: int, unit: str, of_leap_day: str, of_half_past_one: str
) -> None:
    found = times_of(count, unit)
    assert (found[5], found[8]) == (of_leap_day, of_half_past_one)


@pytest.mark.parametrize("unit", ["s", "min", "h", "D", "W", "MS", "ME", "QS", "QE", "YS", "YE"])
def test_periods_are_those_of_pandas(unit: str) -> None:
    times, sides = pd.Series(TIMES), {"closed": "right", "label": "right"} if unit in ("s", "min", "h") else {}
    for first, second in pairwise(range(len(times))):
        pair = times.iloc[[first, second]]
        if unit in ("s", "min", "h") and pair.iloc[1] - pair.iloc[0] > pd.Timedelta(1_000_000, unit):
            continue  # too many periods
        counts = pd.Series(1, index=pd.DatetimeIndex(pair)).resample(unit, **sides).sum()
        expected = counts.index[counts > 0]
        periods = Periods(1, unit)
        found = np.unique(periods.times(periods.numbers(pair.to_numpy())))
        assert pd.DatetimeIndex(found).equals(expected.as_unit("us")), pair.tolist()


@pytest.mark.parametrize("unit", ["s", "min", "h", "D", "B", "W", "ME", "QE", "YE"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_no_row_is_later_than_the_time_of_its_period(count: int, unit: str) -> None:
    periods = Periods(count, unit)
    ends = periods.times(periods.numbers(TIMES))
    rows = TIMES if unit in ("s", "min", "h") else TIMES.astype("M8[D]")
    assert (rows <= ends).all()
    assert (periods.times(periods.numbers(TIMES) - 1) < rows).all()


@pytest.mark.parametrize("unit", ["s", "min", "h", "D", "B", "W", "MS", "ME", "QS", "QE", "YS", "YE"])
def test_a_series_that_has_a_row_in_each_period_keeps_its_times(unit: str) -> None:
    periods = Periods(1, unit)
    times = periods.times(np.arange(-50, 50))
    assert (periods.numbers(times) == np.arange(-50, 50)).all()
    assert (times[1:] > times[:-1]).all()
