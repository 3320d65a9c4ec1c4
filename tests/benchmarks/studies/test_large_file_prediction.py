import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.studies import large_file_prediction
from benchmarks.studies.large_file_prediction import Command, differing_rows, measure, write_csv
from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import UserError


def test_the_file_has_the_values_of_the_raw_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Table({"all": pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4], "y": [0, 1]})})
    monkeypatch.setattr(large_file_prediction, "read_raw", lambda _: raw)
    monkeypatch.setattr(large_file_prediction, "ROWS_AT_ONCE", 50)
    rows = write_csv(tmp_path / "new.csv", "tiny", ["b", "a"], 30_000)
    found = pd.read_csv(tmp_path / "new.csv")
    assert (tmp_path / "new.csv").stat().st_size >= 30_000
    assert len(found) == rows
    assert list(found.columns) == ["note", "b", "a"]
    assert set(np.unique(found[["a", "b"]])) == {1.5, 2.5, 3, 4}


def test_predictions_that_differ_are_counted(tmp_path: Path) -> None:
    for name, classes in (("ours.csv", "abca"), ("theirs.csv", "abba")):
        pd.DataFrame({"y": list(classes)}).to_csv(tmp_path / name)
    assert differing_rows(tmp_path / "ours.csv", tmp_path / "theirs.csv", "y") == 1


def test_the_peak_of_a_process_is_measured_and_a_failure_is_an_error() -> None:
    assert measure(Command([sys.executable, "-c", "x = bytearray(200_000_000)"])).peak_bytes > 200_000_000
    assert measure(Command([sys.executable, "-c", "print('a')"])).peak_bytes < 50_000_000
    with pytest.raises(UserError, match="exit code 3"):
        measure(Command([sys.executable, "-c", "raise SystemExit(3)"]))
