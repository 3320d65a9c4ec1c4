import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core import paths
from stages.core.artefacts.raw.raw_data import Images, RawData, Table
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.artefacts.records.validation import DuplicatesRecord, ValidationRecord
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json, write_text
from stages.validate import __main__ as entry
from tests.run_in_process import published

run = published(entry.run)

KEY = "flowers"
FLOWERS = pd.DataFrame({"length": [1.0, 2.0, 3.0], "kind": ["rose", "tulip", "rose"]})
LONGER = FLOWERS.assign(length=[2.0, 3.0, 9.0])
CLASSES = {"kind": ["rose", "tulip"]}
COLUMNS = ["length", "kind"]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_text(paths.accepted_profile_copy(KEY), "{}\n")


@pytest.fixture(scope="module")
def valid_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("valid")
    with contextlib.chdir(folder):
        write_text(paths.accepted_profile_copy(KEY), "{}\n")
        prepare_table(FLOWERS)
        run(KEY)
    return folder


@pytest.fixture
def valid(repository: None, valid_folder: Path) -> None:
    """The flowers are valid, and their results are written."""
    shutil.copytree(valid_folder, ".", dirs_exist_ok=True)


def prepare(raw: RawData, **params: Any) -> None:
    write_raw(raw, paths.raw_data(KEY))
    write_json(paths.dataset_params(KEY), {"validate": params})


def prepare_table(frame: pd.DataFrame, **params: Any) -> None:
    prepare(Table({"all": frame}, classes=CLASSES), columns=COLUMNS, **params)


def accept_profile() -> None:
    """What `restage accept` and the guard do."""
    paths.accepted_profile_copy(KEY).write_bytes(paths.data_profile(KEY).read_bytes())


def record() -> ValidationRecord:
    return ValidationRecord.model_validate_json(paths.validation_result(KEY).read_bytes())


def run_and_fail() -> str:
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert not paths.validation_marker(KEY).exists()
    return str(caught.value)


def test_valid_table(valid: None) -> None:
    assert paths.validation_marker(KEY).read_text() == "valid\n"
    result = record()
    assert (result.passed, result.rows, result.expectations, result.failed) == (True, 3, 7, 0)
    assert result.duplicates == DuplicatesRecord(across_splits=0, within_splits=0, examples=[])


def test_valid_images() -> None:
    images = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    mean = {"expect_column_mean_to_be_between": {"column": "mean", "min_value": 5.5, "max_value": 5.5}}
    prepare(Images({"all": images}, {"all": np.array([0, 1, 1])}, ["dark", "bright"]), expectations=[mean])
    run(KEY)
    assert record().results[7].observed == 5.5


def test_failure_removes_the_old_marker_and_writes_the_result(valid: None) -> None:
    short = {"expect_column_values_to_be_between": {"column": "length", "max_value": 5}}
    prepare_table(FLOWERS.assign(length=np.nan), expectations=[short])
    errors = run_and_fail()
    assert "expect_column_values_to_not_be_null(column: length): 3 of 3 rows" in errors
    assert "row 0 of all (nothing)" in errors
    assert str(paths.validation_result(KEY)) in errors
    assert (record().passed, record().failed) == (False, 1)


def test_error_in_conf_removes_the_old_result(valid: None) -> None:
    prepare(Table({"all": FLOWERS}))
    assert '`columns: ["length", "kind"]`' in run_and_fail()
    assert not paths.validation_result(KEY).exists()


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (Table({"all": FLOWERS.replace("tulip", "weed")}, classes=CLASSES), ["(column: kind", "row 1 of all (weed)"]),
        (Table({"all": FLOWERS.iloc[:0]}, classes=CLASSES), ["split all has no rows"]),
        (
            Table({"all": FLOWERS.rename(columns={"length": "Length"})}),
            ["missing 'length'; unexpected 'Length'", "column 'length' does not exist"],
        ),
        (Table({"test": FLOWERS.iloc[1:], "train": FLOWERS}), ["duplicates_across_splits: 2", "row 1 of train"]),
    ],
    ids=["unknown class", "no rows", "renamed column", "duplicates"],
)
def test_invalid_table(raw: Table, facts: list[str]) -> None:
    prepare(raw, columns=COLUMNS)
    errors = run_and_fail()
    assert [fact for fact in facts if fact not in errors] == []
    assert not record().passed


def test_unknown_label_of_images() -> None:
    prepare(Images({"all": np.zeros((1, 2, 2), np.uint8)}, {"all": np.array([2])}, ["dark", "bright"]))
    assert "expect_column_values_to_be_in_set(column: label, value_set: [0, 1])" in run_and_fail()


def test_profile_does_not_depend_on_the_expectations(valid: None) -> None:
    before = paths.data_profile(KEY).read_bytes()
    prepare_table(FLOWERS, drift={"psi": 1})
    run(KEY)
    assert paths.data_profile(KEY).read_bytes() == before
    assert not record().drift.accepted


def test_accepted_data_have_no_drift(valid: None, capsys: pytest.CaptureFixture[str]) -> None:
    accept_profile()
    run(KEY)
    drift = record().drift
    assert (drift.accepted, drift.drifted, drift.accepted_rows, drift.rows) == (True, 0, 3, 3)
    assert [(column.psi, column.ks) for column in drift.columns] == [(0.0, 0.0), (0.0, None)]
    assert capsys.readouterr().err == ""


def test_drift_is_reported_in_one_line(valid: None, capsys: pytest.CaptureFixture[str]) -> None:
    accept_profile()
    prepare_table(LONGER)
    run(KEY)
    assert (record().passed, record().drift.drifted) == (True, 1)
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("restage: validate@flowers: 1 of 2 columns ")
    assert "length (psi " in line
    assert "ks 0.333, outside 0.333)" in line
    assert "`restage accept flowers`" in line
    assert paths.validation_marker(KEY).exists()


def test_drift_of_a_column_of_texts() -> None:
    """Its profile holds numbers of characters, no text."""
    texts = FLOWERS.assign(kind=["a tall rose", "a tulip", "another rose"])
    prepare(Table({"all": texts}), columns=COLUMNS)
    run(KEY)
    assert "tulip" not in paths.data_profile(KEY).read_text()
    paths.accepted_profile_copy(KEY).write_bytes(paths.data_profile(KEY).read_bytes())
    run(KEY)
    assert (record().drift.accepted, record().drift.drifted) == (True, 0)
    prepare(Table({"all": texts.assign(kind=texts["kind"] * 9)}), columns=COLUMNS)
    run(KEY)
    _, kind = record().drift.columns
    assert (kind.column, kind.kind, kind.exceeded) == ("kind", "text", ["psi", "ks", "outside"])


def test_drift_fails_if_conf_says_so_and_the_new_profile_can_be_accepted(valid: None) -> None:
    accept_profile()
    prepare_table(LONGER, drift={"exceeded": "fail"})
    errors = run_and_fail()
    assert "drift: 1 of 2 columns " in errors
    assert "`restage accept flowers`" in errors
    assert not record().passed
    accept_profile()
    run(KEY)
    assert paths.validation_marker(KEY).exists()


def test_missing_copy_of_the_accepted_profile() -> None:
    prepare_table(FLOWERS)
    paths.accepted_profile_copy(KEY).unlink()
    assert run_and_fail() == "data/guard/accepted/flowers.json: not found; run `dvc repro guard`"


def test_two_processes_write_the_same_bytes_and_messages() -> None:
    """The other process has another hash seed, so its sets have another order."""
    seven = pd.DataFrame({"length": [*range(6), np.inf], "kind": list("abcdefg")})
    prepare(
        Table({"train": seven, "test": seven.iloc[:2]}, classes=CLASSES),
        columns=COLUMNS,
        expectations=[
            {"expect_column_values_to_be_between": {"column": "length", "min_value": 10}},
            {"expect_column_distinct_values_to_equal_set": {"column": "kind", "value_set": list("abxyz")}},
            {"expect_column_values_to_be_between": {"column": "kind", "min_value": 1}},
        ],
    )
    errors = run_and_fail()
    result = paths.validation_result(KEY).read_bytes()
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "stages.validate", KEY], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"restage: validate@flowers: {line}" for line in errors.splitlines()]
    assert paths.validation_result(KEY).read_bytes() == result
    assert max(len(check.examples) for check in record().results) == 5
    assert not paths.validation_marker(KEY).exists()
