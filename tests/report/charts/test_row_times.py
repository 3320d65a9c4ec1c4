from pathlib import Path

import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.report.charts.axis_scales import date_scale
from stages.report.charts.raw_series import row_times
from stages.report.charts.row_times import RowTimes
from stages.report.recorded import line_blocks
from stages.report.rendering.page_table import format_cell


@pytest.mark.parametrize(
    "times",
    [
        pd.date_range("2019-10-30", periods=90, freq="D"),
        pd.date_range("2015-01-31", periods=90, freq="MS"),
        pd.date_range("2020-02-28 22:30", periods=90, freq="37min"),
        pd.date_range("2020-02-28 22:30", periods=90, freq="1s"),
        pd.date_range("2020-03-28 22:30", periods=90, freq="h", tz="Europe/Berlin"),
        pd.DatetimeIndex([*pd.date_range("2020-01-01", periods=88, freq="D"), "NaT", "NaT"]),
    ],
)
def test_times_of_a_large_series_are_shown_as_those_of_another_one(
    times: pd.DatetimeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_blocks, "LINES_AT_ONCE", 7)
    series = Table({"all": pd.DataFrame({"t": times})}, kind="series", time="t", block_rows=20)
    write_raw(series, tmp_path / "mine")
    large = read_raw(tmp_path / "mine")
    assert isinstance(large, Table)
    expected = [format_cell(time) for time in times]
    for table in (large, series):
        found = row_times(table)
        assert isinstance(found, RowTimes)
        assert list(found) == found[:] == expected
        for first, last in ((0, 89), (13, 60), (5, 6)):
            assert date_scale(found, first, last) == date_scale(expected, first, last)
