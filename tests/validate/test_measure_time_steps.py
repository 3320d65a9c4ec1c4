from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.records.validation import LongestStep, TimeStepsRecord
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.time_steps import usual_time_step
from stages.download.builtin.matplotlib_datasets import goog
from stages.validate import measure_time_steps as time_steps_module
from stages.validate.measure_time_steps import measure_time_steps


def series(**splits: list[str]) -> Table:
    frames = {
        split: pd.DataFrame({"t": pd.to_datetime(times, format="ISO8601"), "x": 1.0}) for split, times in splits.items()
    }
    return Table(frames, kind="series", time="t")


def test_gaps_are_counted_within_each_split() -> None:
    table = series(
        train=["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06"],
        test=["2021-01-01", "2021-01-02", "2021-01-06 12:00", "2021-01-07 12:00"],
    )
    assert measure_time_steps(table) == TimeStepsRecord(
        column="t", steps=6, usual="1 day", longer=2, shorter=0, left_out=5,
        longest=LongestStep(split="test", row=1, begin="2021-01-02", end="2021-01-06T12:00:00"),
    )  # fmt: skip


def test_irregular_times_have_a_longest_step_only() -> None:
    record = measure_time_steps(series(all=["2020-01-01 00:00", "2020-01-01 00:03", "2020-01-01 00:10"]))
    assert record is not None
    assert (record.usual, record.longer, record.shorter, record.left_out) == (None, 0, 0, 0)
    assert (record.longest.row, record.longest.end) == (1, "2020-01-01T00:10:00")


def test_holidays_are_the_gaps_of_share_prices() -> None:
    record = measure_time_steps(goog())
    assert record is not None
    assert (record.usual, record.longer, record.left_out) == ("1 business day", 36, 37)
    assert (record.longest.begin, record.longest.end) == ("2006-12-29", "2007-01-03")


@pytest.mark.parametrize(
    "raw",
    [
        Table({"all": pd.DataFrame({"x": [1.0, 2.0]})}),
        Table({"all": pd.DataFrame({"x": [1.0, 2.0]})}, kind="series"),
        series(all=["2020-01-01"], test=["2020-01-02"]),
    ],
)
def test_data_without_steps_have_no_record(raw: Table) -> None:
    assert measure_time_steps(raw) is None


def test_times_of_a_large_series_are_measured_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = goog()
    in_one_piece = measure_time_steps(table)
    for module in (usual_time_step, time_steps_module):
        monkeypatch.setattr(module, "STEPS_AT_ONCE", 7)
    write_raw(replace(table, block_rows=100), tmp_path / "goog")
    large = read_raw(tmp_path / "goog")
    assert isinstance(large, Table)
    with scratch_folder(tmp_path) as scratch:
        assert large.is_large
        assert measure_time_steps(large, scratch) == in_one_piece
