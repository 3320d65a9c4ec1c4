from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stages.download.formats.tables.time_formats import DATES, EPOCH_UNITS, ISO, TIMES_OF_DAY, parse_as
from stages.inference.read.values.read_times import TimeReader

ISO_TEXTS = (
    *("2020", "2020-01", "202001", "2020-1", "2020-1-2", "2020/01/02", "2020.01.02", "2020 01 02", "20200102"),
    *("20200102T101112", "20200102 1011", "2020-01-02T10", "2020-01-02T1", "2020-01-02T10:11", "2020-01-02T10:1"),
    *("2020-01-02T10:11:12", "2020-01-02T101112", "2020-01-02T10:11:12.1", "2020-01-02T10:11:12.123456789"),
    *("2020-01-02T10:11:12,5", "2020-01-02T10:11Z", "2020-01-02T10:11z", "2020-01-02T10:11:12+02"),
    *("2020-01-02T10:11:12+0230", "2020-01-02T10:11:12 +02:30", "2020-01-02T10:11:12-02:30", " 2020-01-02"),
    *("2020-01-02 ", "2020-01-02  10:11", "2020-01-02t10:11", "2020-13-01", "2020-02-30", "0001-01-01", "9999-12-31"),
    *("2020-01-02T24:00", "2020-01-02T10:60", "2020-01-02T10:11:60", "2020-W01-1", "2020-001", "", "12", "2020-"),
    *("2020-01-02T", "2020-01-02T10:11:12+", "2020-01-02T10:11:12Z ", "20200102T10:11", "2020-01-02T10Z", "20-01-02"),
    *("1500-01-01", "2300-01-01", "+2020-01-01", "20201", "1.5", "2020-01-02T10:11:12.", "2020-01-02 10:11:12.5 Z"),
    *("2020-01-02T10:11:12+24:00", "2020-01-02T10:11:12+02:60", "2020-01/02", "2020-01-02T10:11:12.000000999"),
)


def as_download(text: str, time_format: str) -> np.datetime64 | None:
    """The time in the raw data, or None if download refuses the text."""
    [time] = parse_as(pd.Series([text]), time_format)
    return None if pd.isna(time) else np.datetime64(time.tz_localize(None).as_unit("us").to_datetime64(), "us")


def as_new_row(text: str, time_format: str | None) -> np.datetime64 | None:
    read = TimeReader([], time_format, required=False)([text])
    return None if read.wrong else np.asarray(read.values)[0]


@pytest.mark.parametrize("text", ISO_TEXTS)
def test_iso_8601_as_download_reads_it(text: str) -> None:
    assert as_new_row(text, None) == as_download(text, ISO)


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),
    st.sampled_from(["auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"]),
    st.sampled_from([None, UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]),
)
def test_any_iso_time(time: datetime, precision: str, zone: timezone | None) -> None:
    text = time.replace(tzinfo=zone).isoformat(timespec=precision)
    assert as_new_row(text, None) == as_download(text, ISO) is not None


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(DATES),
    st.sampled_from(["", *(f" {time}" for time in TIMES_OF_DAY), "T%H:%M:%S"]),
)
def test_any_usual_format(time: datetime, date_format: str, time_of_day: str) -> None:
    time_format = date_format + time_of_day
    text = time.strftime(time_format)
    assert as_new_row(text, time_format) == as_download(text, time_format) is not None


@pytest.mark.parametrize(
    ("text", "time_format"),
    [
        ("1-01", "%y-%m"),
        (" 1-01", "%y-%m"),
        ("68-01", "%y-%m"),
        ("69-01", "%y-%m"),
        (" 01/02/2020", "%m/%d/%Y"),
        ("1/2/2020", "%m/%d/%Y"),
        ("13/02/2020", "%m/%d/%Y"),
        ("JAN 5, 2020", "%b %d, %Y"),
        ("January 5, 2020", "%b %d, %Y"),
        ("2020-01-01 10:11:12.123456789", "%Y-%m-%d %H:%M:%S.%f"),
        ("2020-01-01 10:11 +0200", "%Y-%m-%d %H:%M %z"),
        ("2020-01-01 10:11 Z", "%Y-%m-%d %H:%M %z"),
    ],
)
def test_other_formats(text: str, time_format: str) -> None:
    assert as_new_row(text, time_format) == as_download(text, time_format)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.integers(-(10**10), 10**10).map(str),
        st.floats(-1e9, 1e10, allow_nan=False).map(repr),
        st.sampled_from(["x", "", "5_0", "inf", "nan", " 5 ", "+5", "1e9", "0x10"]),
    ),
    st.sampled_from(sorted(EPOCH_UNITS)),
)
@example("1.5", "epoch_s")
@example("999999999999", "epoch_s")
def test_any_epoch(text: str, time_format: str) -> None:
    assert as_new_row(text, time_format) == as_download(text, time_format)


def test_a_series_needs_a_time_in_every_row() -> None:
    read = TimeReader(["NA"], None, required=True)(["2020-01-01", "NA", "soon"])
    assert sorted(read.wrong) == [1, 2]
    assert not TimeReader(["NA"], None, required=False)(["NA", None]).wrong


@pytest.mark.parametrize("value", [[1], {"a": 1}, True, "0001-01-01T00:00+01:00", "9999-12-31T23:30-01:00"])
def test_a_value_that_is_no_time(value: object) -> None:
    """Some are no time of a year from 1 to 9999 in UTC."""
    assert list(TimeReader([""], None, required=True)([value]).wrong) == [0]
