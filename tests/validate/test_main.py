import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core import paths
from stages.core.artefacts.raw import Images, RawData, Table, write_raw
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_json, write_text
from stages.validate import __main__ as entry
from tests.run_in_process import published

run = published(entry.run)

KEY = "flowers"
FLOWERS = pd.DataFrame({"length": [1.0, 2.0, 3.0], "kind": ["rose", "tulip", "rose"]})
CLASSES = {"kind": ["rose", "tulip"]}
COLUMNS = ["length", "kind"]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(raw: RawData, **params: Any) -> None:
    write_raw(raw, paths.raw_data(KEY))
    write_json(paths.dataset_params(KEY), {"validate": params})
    write_text(paths.accepted_profile_copy(KEY), "{}\n")


def accepted() -> None:
    """A person accepts what is there, and the guard hands it on."""
    paths.accepted_profile_copy(KEY).write_bytes(paths.data_profile(KEY).read_bytes())


def written() -> dict[str, Any]:
    return json.loads(paths.validation_result(KEY).read_text())


def errors() -> str:
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert not paths.validation_marker(KEY).exists()
    return str(caught.value)


def test_good_data_pass_and_leave_the_marker() -> None:
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS)
    run(KEY)
    assert paths.validation_marker(KEY).read_text() == "valid\n"
    result = written()
    assert (result["passed"], result["rows"], result["expectations"], result["failed"]) == (True, 3, 7, 0)
    assert result["duplicates"] == {"across_splits": 0, "within_splits": 0, "examples": []}


def test_good_pictures_pass() -> None:
    pictures = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    bright = {"expect_column_mean_to_be_between": {"column": "mean", "min_value": 5.5, "max_value": 5.5}}
    given(Images({"all": pictures}, {"all": np.array([0, 1, 1])}, ["dark", "bright"]), expectations=[bright])
    run(KEY)
    assert written()["results"][7]["observed"] == 5.5


def test_a_failure_takes_the_old_marker_away_and_leaves_the_result() -> None:
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS)
    run(KEY)
    gaps = FLOWERS.assign(length=np.nan)
    short = {"expect_column_values_to_be_between": {"column": "length", "max_value": 5}}
    given(Table({"all": gaps}, classes=CLASSES), columns=COLUMNS, expectations=[short])
    assert "expect_column_values_to_not_be_null(column: length): 3 of 3 rows, first row 0 of all (nothing)" in errors()
    assert (written()["passed"], written()["failed"]) == (False, 1)


def test_a_mistake_in_conf_leaves_no_old_result() -> None:
    given(Table({"all": FLOWERS}), columns=COLUMNS)
    run(KEY)
    given(Table({"all": FLOWERS}))
    assert '`columns: ["length", "kind"]`' in errors()
    assert not paths.validation_result(KEY).exists()


def test_labels_outside_the_classes() -> None:
    given(Table({"all": FLOWERS.replace("tulip", "weed")}, classes=CLASSES), columns=COLUMNS)
    assert "1 of 3 rows, first row 1 of all (weed)" in errors()
    [failed] = [r for r in written()["results"] if not r["passed"]]
    assert failed["examples"] == [{"split": "all", "row": 1, "value": "weed"}]


def test_numbers_outside_the_classes_of_pictures() -> None:
    given(Images({"all": np.zeros((1, 2, 2), np.uint8)}, {"all": np.array([2])}, ["dark", "bright"]))
    assert "expect_column_values_to_be_in_set(column: label, value_set: [0, 1])" in errors()


def test_an_empty_table_passes_nothing() -> None:
    given(Table({"all": FLOWERS.iloc[:0]}, classes=CLASSES), columns=COLUMNS)
    assert "split all has no rows" in errors()


def test_a_renamed_column_is_not_the_one_expected() -> None:
    given(Table({"all": FLOWERS.rename(columns={"length": "Length"})}), columns=COLUMNS)
    told = errors()
    assert "missing 'length'; unexpected 'Length'" in told
    assert "column 'length' is not there" in told


def test_rows_that_the_test_shares_with_the_training() -> None:
    shared = Table({"test": FLOWERS.iloc[1:], "train": FLOWERS}, classes=CLASSES)
    given(shared, columns=COLUMNS)
    assert "duplicates_across_splits: 2 rows are in an earlier split too, first row 1 of train is row 0 of test" in (
        errors()
    )
    given(shared, columns=COLUMNS, duplicates_across_splits="report")
    run(KEY)
    first = {"split": "train", "row": 1, "same_as": {"split": "test", "row": 0}}
    assert (written()["passed"], written()["duplicates"]["across_splits"]) == (True, 2)
    assert written()["duplicates"]["examples"][0] == first


def test_the_profile_is_the_same_for_the_same_data_whatever_is_expected() -> None:
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS)
    run(KEY)
    first = paths.data_profile(KEY).read_bytes()
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS, drift={"psi": 1})
    run(KEY)
    assert paths.data_profile(KEY).read_bytes() == first
    assert written()["drift"] == {"accepted": False}


def test_data_as_they_were_accepted_have_not_drifted(capsys: pytest.CaptureFixture[str]) -> None:
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS)
    run(KEY)
    accepted()
    run(KEY)
    drift = written()["drift"]
    assert (drift["accepted"], drift["drifted"], drift["rows"]) == (True, 0, [3, 3])
    assert [(c["psi"], c.get("ks")) for c in drift["columns"]] == [(0.0, 0.0), (0.0, None)]
    assert capsys.readouterr().err == ""


def test_drift_is_told_in_a_line_and_the_marker_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS)
    run(KEY)
    accepted()
    before = paths.accepted_profile_copy(KEY).read_bytes()
    given(Table({"all": FLOWERS.assign(length=[2.0, 3.0, 9.0])}, classes=CLASSES), columns=COLUMNS)
    paths.accepted_profile_copy(KEY).write_bytes(before)
    run(KEY)
    assert (written()["passed"], written()["drift"]["drifted"]) == (True, 1)
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("restage: validate@flowers: 1 of 2 columns are not as they were accepted: length (psi ")
    assert line.endswith("ks 0.333, outside 0.333); `restage accept flowers` if that is as it should be")
    assert paths.validation_marker(KEY).exists()


def test_drift_fails_where_conf_says_so_and_leaves_a_profile_to_accept() -> None:
    given(Table({"all": FLOWERS}, classes=CLASSES), columns=COLUMNS)
    run(KEY)
    accepted()
    before = paths.accepted_profile_copy(KEY).read_bytes()
    moved = Table({"all": FLOWERS.assign(length=[2.0, 3.0, 9.0])}, classes=CLASSES)
    given(moved, columns=COLUMNS, drift={"exceeded": "fail"})
    paths.accepted_profile_copy(KEY).write_bytes(before)
    assert "drift: 1 of 2 columns are not as they were accepted: length" in errors()
    assert written()["passed"] is False
    accepted()
    run(KEY)
    assert paths.validation_marker(KEY).exists()


def test_without_the_guards_copy_the_guard_is_named() -> None:
    given(Table({"all": FLOWERS}), columns=COLUMNS)
    paths.accepted_profile_copy(KEY).unlink()
    assert errors() == "data/guard/accepted/flowers.json: not here; run `dvc repro guard`"


def validated(seed: str) -> tuple[int, str, bytes]:
    """In a process of its own, whose sets are in an order of their own."""
    command = [sys.executable, "-m", "stages.validate", KEY]
    done = subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True)
    return done.returncode, done.stderr, paths.validation_result(KEY).read_bytes()


def test_two_processes_write_the_same_bytes_and_tell_the_same_faults() -> None:
    seven = pd.DataFrame({"length": [*range(6), np.inf], "kind": list("abcdefg")})
    given(
        Table({"train": seven, "test": seven.iloc[:2]}, classes=CLASSES),
        columns=COLUMNS,
        expectations=[
            {"expect_column_values_to_be_between": {"column": "length", "min_value": 10}},
            {"expect_column_distinct_values_to_equal_set": {"column": "kind", "value_set": list("abxyz")}},
            {"expect_column_values_to_be_between": {"column": "kind", "min_value": 1}},
        ],
    )
    code, told, result = validated("1")
    assert (code, told, result) == validated("2")
    assert code == 1
    assert "Traceback" not in told
    assert all(line.startswith("restage: validate@flowers: ") for line in told.splitlines())
    assert max(len(r["examples"]) for r in json.loads(result)["results"]) == 5
    assert not paths.validation_marker(KEY).exists()
