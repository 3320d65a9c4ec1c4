import pandas as pd
import pytest

from stages.download.time_order.time_column import check_time_order, parse_times
from tests.download.sample_files import error_message


def column(*values):
    return pd.Series(values, name="date")


@pytest.mark.parametrize(
    ("values", "time_format", "last"),
    [
        (["2004-08-19", "2004-08-20"], None, "2004-08-20T00:00:00"),
        (["2004-08-19 09:30", "2004-08-19T09:31:05"], None, "2004-08-19T09:31:05"),
        (["2004-08-19T09:30+02:00", "2004-08-19T09:30Z"], None, "2004-08-19T09:30:00"),
        ([2003, 2004], None, "2004-01-01T00:00:00"),
        ([20040819, 20040820], None, "2004-08-20T00:00:00"),
        (["19.08.2004", "20.08.2004"], "%d.%m.%Y", "2004-08-20T00:00:00"),
        (["8/19/2004", "8/20/2004"], "%m/%d/%Y", "2004-08-20T00:00:00"),
        (["1-11", "1-12"], "%y-%m", "2001-12-01T00:00:00"),
        ([1092873600, 1092960000], "epoch_s", "2004-08-20T00:00:00"),
        (["1092873600000", "1092873600001"], "epoch_ms", "2004-08-19T00:00:00.001000"),
        ([1092873600000000, 1092960000000000], "epoch_us", "2004-08-20T00:00:00"),
        ([pd.Timestamp("2004-08-19"), pd.Timestamp("2004-08-20")], None, "2004-08-20T00:00:00"),
    ],
)
def test_times_are_parsed(values, time_format, last):
    times = parse_times(column(*values), time_format)
    assert times.dtype == "datetime64[us]"
    assert times.iloc[-1].isoformat() == last


def test_unreadable_times_are_shown_with_their_rows():
    message = error_message(parse_times, column("2004-08-19", "oops", None, *["?"] * 6), None)
    assert "column 'date': 8 values" in message
    assert "row 2 'oops', row 3" in message
    assert message.endswith("and 3 more; set time_format for another format")


@pytest.mark.parametrize(
    ("values", "time_format", "message"),
    [
        (["08/09/2004", "09/09/2004"], None, "2 values are not ISO 8601 dates: row 1 '08/09/2004'"),
        (
            ["08/09/2004", "09/09/2004"],
            None,
            "all values fit time_format: '%m/%d/%Y' or '%d/%m/%Y'; write the one that",
        ),
        (["13/09/2004", "09/09/2004", None], None, "all values fit time_format: '%d/%m/%Y'"),
        (["2004-08-20"], "%d.%m.%Y", "all values are ISO 8601 dates; leave time_format out"),
        (["1-01", "1-02"], None, "all values fit time_format: '%y-%m'"),
        (["2004"], "%Q", "time_format '%Q'"),
        *(
            ([1735603200000, count], "epoch_ms", "1 values are not written as epoch_ms: row 2")
            for count in (1735689600000000, 10**18, "2025-01-01", None)
        ),
    ],
)
def test_ambiguous_and_wrong_times_are_errors(values, time_format, message):
    assert message in error_message(parse_times, column(*values), time_format)


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([20, 20, 21], "1 are not: row 2 2004-08-20 00:00:00 after 2004-08-20 00:00:00; remove repeated times, or"),
        ([20, 18, 21], "1 are not: row 2 2004-08-18 00:00:00 after 2004-08-20 00:00:00; sort: true sorts the rows"),
        ([21, 20, 19], "2 are not: row 2 2004-08-20 00:00:00 after 2004-08-21 00:00:00"),
    ],
)
def test_repeated_and_earlier_times_are_errors(days, message):
    times = parse_times(column(*(f"2004-08-{day}" for day in days)), None)
    assert message in error_message(check_time_order, times)


def test_times_may_repeat_if_the_rows_of_a_period_become_one():
    times = parse_times(column("2004-08-20", "2004-08-20", "2004-08-21"), None)
    check_time_order(times, may_repeat=True)
    assert "row 3 2004-08-20" in error_message(check_time_order, times[[0, 2, 1]].reset_index(drop=True), True)
