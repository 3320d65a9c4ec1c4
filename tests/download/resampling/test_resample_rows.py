from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.download.params.resample_params import Resample
from stages.download.resampling.resample_rows import PeriodCounts, Resampled, resample_rows
from tests.download.sample_files import error_message

# Two rows on the first day, none on the second, fourth and fifth.
ROWS = pd.DataFrame(
    {
        "count": [1, 2, 3, 4],
        "day": pd.to_datetime(["2020-01-01 10:00", "2020-01-01 12:00", "2020-01-03 00:00", "2020-01-06 00:00"]),
        "price": [1.5, 2.5, None, 4.0],
        "town": ["Ulm", None, "Köln", "Bonn"],
        "open": [True, False, True, True],
    }
)
DAYS = pd.date_range("2020-01-01", "2020-01-06")


def resample(every: str = "1D", rows: pd.DataFrame = ROWS, **params: Any) -> Resampled:
    return resample_rows(rows, "day", Resample.model_validate({"every": every} | params))


def test_forward_takes_the_last_known_value_of_each_column() -> None:
    resampled = resample(gaps="forward")
    frame = resampled.frame
    assert list(frame) == list(ROWS)
    assert frame["day"].tolist() == DAYS.tolist()
    assert frame["count"].tolist() == [2, 2, 3, 3, 3, 4]
    # The third day has a row without a price; the days after it have no row.
    assert frame["price"].tolist() == [2.5, 2.5, 2.5, 2.5, 2.5, 4.0]
    assert frame["town"].tolist() == ["Ulm", "Ulm", "Köln", "Köln", "Köln", "Bonn"]
    assert frame["open"].tolist() == [False, False, True, True, True, True]
    assert frame.dtypes.astype(str).to_dict() == ROWS.dtypes.astype(str).to_dict()
    assert resampled.counts == PeriodCounts(4, 3)


def test_missing_leaves_gaps() -> None:
    frame = resample(gaps="missing").frame
    assert frame["day"].tolist() == DAYS.tolist()
    assert frame["price"].isna().tolist() == [False, True, True, True, True, False]
    assert frame["town"].isna().tolist() == [False, True, False, True, True, False]
    assert frame["open"].isna().tolist() == [False, True, False, True, True, False]


def test_refuse_lists_the_periods_without_rows() -> None:
    message = error_message(resample)
    assert "every 1D leaves 3 periods without rows: 2020-01-02 00:00:00, 2020-01-04" in message
    assert resample("W").frame["day"].tolist() == [pd.Timestamp("2020-01-05"), pd.Timestamp("2020-01-12")]


@pytest.mark.parametrize(
    ("how", "count", "price", "town"),
    [
        ("last", 3, 2.5, "Köln"),
        ("first", 1, 1.5, "Ulm"),
        ("mean", 2.0, 2.0, "Köln"),
        ("sum", 6, 4.0, "Köln"),
        ("min", 1, 1.5, "Köln"),
        ("max", 3, 2.5, "Köln"),
        ({"count": "sum", "town": "first"}, 6, 2.5, "Ulm"),
    ],
)
def test_the_rows_of_a_period_are_combined(how: Any, count: float, price: float, town: str) -> None:
    first = resample("1W", how=how).frame.iloc[0]
    assert (first["count"], first["price"], first["town"]) == (count, price, town)


def test_a_series_without_rows_or_without_other_columns() -> None:
    nothing = resample(rows=ROWS[:0])
    assert (len(nothing.frame), list(nothing.frame), nothing.counts.rows_read) == (0, list(ROWS), 0)
    for gaps in ("forward", "missing"):
        assert resample(rows=ROWS[["day"]], gaps=gaps).frame["day"].tolist() == DAYS.tolist()


def test_a_sum_without_a_value_is_missing_and_not_zero() -> None:
    frame = resample(how="sum", gaps="missing").frame
    assert frame["price"].isna().tolist() == [False, True, True, True, True, False]


@pytest.mark.parametrize("every", ["1D", "2D", "1W", "1MS", "12h", "1B"])
@pytest.mark.parametrize("gaps", ["forward", "missing"])
def test_later_rows_change_no_period_that_is_over(every: str, gaps: str) -> None:
    random = np.random.default_rng(0)
    minutes = np.cumsum(random.integers(1, 3000, 60))
    times = np.datetime64("2020-01-01", "us") + minutes.astype("m8[m]")
    rows = pd.DataFrame({"day": times, "a": random.normal(size=60), "b": random.integers(0, 9, 60)})
    how = {"a": "mean", "b": "sum"}
    whole = resample(every, rows, how=how, gaps=gaps).frame
    for known in range(2, 60, 7):
        part = resample(every, rows[:known], how=how, gaps=gaps).frame.iloc[:-1]
        pd.testing.assert_frame_equal(part, whole.iloc[: len(part)], check_dtype=False, check_exact=True)


def test_earlier_rows_move_no_row_to_another_period() -> None:
    whole, later = resample("2D", gaps="forward").frame, resample("2D", ROWS[2:], gaps="forward").frame
    assert later["day"].tolist() == whole["day"].tolist()[-len(later) :]


def test_the_mean_is_that_of_pandas() -> None:
    rows = ROWS.set_index("day")[["count", "price"]]
    expected = rows.resample("D").mean()
    found = resample(how="mean", gaps="missing").frame.set_index("day")[["count", "price"]]
    pd.testing.assert_frame_equal(found, expected, check_freq=False)


@pytest.mark.parametrize(
    ("params", "messages"),
    [
        ({"how": {"prise": "mean"}}, ["column 'prise'; did you mean price?"]),
        ({"how": {"town": "mean", "open": "sum"}}, ["column 'town' has no numbers", "column 'open' has no numbers"]),
    ],
)
def test_how_must_fit_the_columns(params: dict[str, Any], messages: list[str]) -> None:
    message = error_message(resample, **params)
    assert all(part in message for part in messages)


def test_far_too_short_periods_are_refused_before_they_fill_the_memory() -> None:
    apart = ROWS.assign(day=pd.to_datetime(["1900-01-01", "1950-01-01", "2000-01-01", "2020-01-01"]))
    message = error_message(resample, "1s", apart, gaps="forward")
    assert "every 1s makes 3,786,825,601 rows of 4; choose longer periods" in message
