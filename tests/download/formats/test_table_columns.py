import pandas as pd
import pytest

from stages.download.formats.table_columns import parse_times
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
    assert message.endswith("and 3 more")


@pytest.mark.parametrize(
    ("values", "time_format", "message"),
    [
        (["08/09/2004", "09/09/2004"], None, "2 values are not ISO 8601 dates; set time_format"),
        (["2004"], "%Q", "time_format '%Q'"),
        (["2004-08-20", "2004-08-20", "2004-08-21"], None, "1 are not: row 2 2004-08-20"),
        (["2004-08-20", "2004-08-18", "2004-08-21"], None, "1 are not: row 2 2004-08-18"),
        *(
            ([1735603200000, count], "epoch_ms", "1 values are not written as epoch_ms: row 2")
            for count in (1735689600000000, 10**18, "2025-01-01", None)
        ),
    ],
)
def test_ambiguous_repeated_earlier_and_wrong_times_are_errors(values, time_format, message):
    assert message in error_message(parse_times, column(*values), time_format)
