import pandas as pd
import pytest

from stages.core.errors import UserError
from stages.download.formats.time_column import dated


def column(*values):
    return pd.Series(values, name="date")


def iso(times):
    return [t.isoformat() for t in times]


@pytest.mark.parametrize(
    ("values", "written", "expected"),
    [
        (["2004-08-19", "2004-08-20"], None, "2004-08-20T00:00:00"),
        (["2004-08-19 09:30", "2004-08-19T09:31:05"], None, "2004-08-19T09:31:05"),
        (["2004-08-19T09:30+02:00", "2004-08-19T09:30Z"], None, "2004-08-19T09:30:00"),
        ([2003, 2004], None, "2004-01-01T00:00:00"),
        ([20040819, 20040820], None, "2004-08-20T00:00:00"),
        (["19.08.2004", "20.08.2004"], "%d.%m.%Y", "2004-08-20T00:00:00"),
        ([1092873600, 1092960000], "epoch_s", "2004-08-20T00:00:00"),
        (["1092873600000", "1092873600001"], "epoch_ms", "2004-08-19T00:00:00.001000"),
        ([1092873600000000, 1092960000000000], "epoch_us", "2004-08-20T00:00:00"),
        ([pd.Timestamp("2004-08-19"), pd.Timestamp("2004-08-20")], None, "2004-08-20T00:00:00"),
    ],
)
def test_times_are_read_as_written(values, written, expected):
    times = dated(column(*values), written)
    assert times.dtype == "datetime64[us]"
    assert iso(times)[-1] == expected


def test_a_day_that_could_be_a_month_is_not_guessed_at():
    with pytest.raises(UserError, match=r"2 values are not ISO 8601 dates; set time_format"):
        dated(column("08/09/2004", "09/09/2004"), None)


def test_what_does_not_parse_is_shown_with_its_row():
    with pytest.raises(UserError) as mistake:
        dated(column("2004-08-19", "oops", None, *["?"] * 6), None)
    assert "column 'date': 8 values" in str(mistake.value)
    assert "row 2 'oops', row 3" in str(mistake.value)
    assert str(mistake.value).endswith("and 3 more")


@pytest.mark.parametrize("second", ["2004-08-20", "2004-08-18"])
def test_repeated_and_earlier_times_are_faults(second):
    with pytest.raises(UserError) as mistake:
        dated(column("2004-08-20", second, "2004-08-21"), None)
    assert "1 are not: row 2" in str(mistake.value)
    assert f"row 2 {second}" in str(mistake.value)


@pytest.mark.parametrize("count", [1735689600000000, 10**18, "2025-01-01", None])
def test_a_count_in_a_finer_unit_than_was_said_is_not_a_time_of_a_far_future(count):
    with pytest.raises(UserError, match="1 values are not written as epoch_ms: row 2"):
        dated(column(1735603200000, count), "epoch_ms")


def test_a_time_format_that_is_none():
    with pytest.raises(UserError, match="time_format '%Q'"):
        dated(column("2004"), "%Q")
