import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json
from stages.preprocess import __main__ as entry
from tests.run_in_process import published

KEY = "flowers"
FLOWERS = pd.DataFrame({"length": [1.0, 2.0, 3.0, 4.0], "kind": ["rose", "tulip", "rose", "tulip"]})
PARAMS = {"targets": "kind", "labels": "one_hot", "split": {"test": 0.5}, "steps": [{"step": "standard"}]}

run = published(entry.run)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_inputs(frame: pd.DataFrame = FLOWERS, **params: Any) -> None:
    """Write raw data and params.yaml."""
    write_raw(Table({"all": frame}, classes={"kind": ["rose", "tulip"]}), paths.raw_data(KEY))
    write_json(paths.dataset_params(KEY), {"preprocess": PARAMS | params})


def outputs() -> dict[str, bytes]:
    folder = paths.processed_data(KEY)
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_two_processes_write_the_same_bytes() -> None:
    """The other process has another hash seed, so its sets have another order."""
    write_inputs()
    run(KEY)
    data, first = read_processed(paths.processed_data(KEY)), outputs()
    assert data.fitted.splits == {"train": 2, "test": 2}
    assert sorted([*data.raw_row_numbers("train"), *data.raw_row_numbers("test")]) == [0, 1, 2, 3]
    assert set(data.fitted.versions) == {"numpy", "scikit-learn"}
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-m", "stages.preprocess", KEY], env=environment, check=True)
    assert outputs() == first


def write_series(**backtest: Any) -> None:
    frame = pd.DataFrame({"price": np.exp(np.random.default_rng(3).normal(0, 0.1, 40).cumsum())})
    params = {
        "targets": "price",
        "split": {"test": 8, "validation": 6, "order": "chronological"},
        "window": {"length": 4, "horizon": 2, "steps": "all"},
        "steps": [{"step": "standard"}],
        "target_steps": [{"step": "relative_to_last"}],
    }
    write_raw(Table({"all": frame}, kind="series"), paths.raw_data(KEY))
    write_json(paths.dataset_params(KEY), {"preprocess": params | ({"backtest": backtest} if backtest else {})})


def test_folds_of_a_backtest_are_beside_the_splits() -> None:
    write_series()
    run(KEY)
    without = outputs()
    write_series(folds=2, step=6)
    run(KEY)
    several = outputs()
    folder = paths.processed_data(KEY)
    data, folds = read_processed(folder), [read_processed(folder, number) for number in (1, 2)]
    assert (data.fitted.folds, [fold.fitted.folds for fold in folds]) == (2, [0, 0])
    assert [fold.fitted.splits for fold in folds] == [
        {"train": 17, "validation": 5, "test": 5},
        {"train": 23, "validation": 5, "test": 5},
    ]
    assert {name: data for name, data in several.items() if not name.startswith(("folds/", "fitted.json"))} == {
        name: data for name, data in without.items() if name != "fitted.json"
    }
    assert several["folds/1/fitted.json"] != several["folds/2/fitted.json"]
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-m", "stages.preprocess", KEY], env=environment, check=True)
    assert outputs() == several


def test_a_damaged_fold_names_the_dataset_in_the_command() -> None:
    write_series(folds=2, step=6)
    run(KEY)
    (paths.processed_data(KEY) / "folds/2/fitted.json").unlink()
    with pytest.raises(UserError, match=r"folds/2/fitted.json: not found; run `dvc repro preprocess@flowers`"):
        read_processed(paths.processed_data(KEY), 2)


def test_a_backtest_of_too_few_rows_leaves_no_output() -> None:
    write_series(folds=2, step=20)
    with pytest.raises(UserError, match=r"preprocess.backtest: 2 folds of 20 rows need 40 test rows"):
        run(KEY)
    assert not Path("data/processed").exists()


@pytest.mark.parametrize(
    ("frame", "params", "message"),
    [
        (
            FLOWERS,
            {"labels": "onehot"},
            "params.yaml: datasets.flowers.preprocess.labels: received 'onehot'; did you mean one_hot?",
        ),
        (FLOWERS, {"inputs": ["kind"]}, "params.yaml: datasets.flowers.preprocess: inputs name the target 'kind'"),
        (FLOWERS, {"targets": "kimd"}, "preprocess.targets: no column 'kimd'; did you mean kind?"),
        (
            FLOWERS,
            {"split": {"test": 4}},
            "preprocess.split: 4 test and 0 validation of 4 rows leaves no rows to train on",
        ),
        (
            FLOWERS,
            {"inputs": ["kind"], "targets": "length", "labels": {}},
            "column kind: 2 different texts in 2",
        ),
        (
            FLOWERS.assign(length=[1.0, np.nan, 3.0, np.inf]),
            {},
            "column length: missing or infinite in 2 of 4 rows: 1,",
        ),
    ],
)
def test_errors_are_one_line_and_leave_no_output(frame: pd.DataFrame, params: dict[str, Any], message: str) -> None:
    write_inputs(frame, **params)
    with pytest.raises(UserError) as caught:
        run(KEY)
    [line] = caught.value.messages
    assert line.startswith(message)
    assert "\n" not in line
    assert not Path("data/processed").exists()


def test_nothing_was_downloaded() -> None:
    write_inputs()
    (paths.raw_data(KEY) / "meta.json").unlink()
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert str(caught.value) == "data/raw/flowers/meta.json: not found; run `dvc repro download@flowers`"


@pytest.mark.parametrize("whole", [False, True])
def test_a_series_of_several_blocks_is_read_whole_only_where_it_is_said(
    whole: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"price": np.exp(np.random.default_rng(3).normal(0, 0.1, 80).cumsum())})
    params = {
        "targets": "price",
        "split": {"test": 16, "order": "chronological"},
        "window": {"length": 3},
        "steps": [{"step": "lags", "rows": [1]}, {"step": "minmax"}],
        "backtest": {"folds": 2, "step": 5} if whole else None,
    }
    write_raw(Table({"all": frame}, kind="series", block_rows=30), paths.raw_data(KEY))
    write_json(paths.dataset_params(KEY), {"preprocess": params})
    if not whole:
        monkeypatch.setattr(entry, "preprocess", None)
    run(KEY)
    assert read_processed(paths.processed_data(KEY)).fitted.splits == {"train": 60, "test": 16}
    notice = "restage: preprocess@flowers: all rows are read into memory, for preprocess.backtest\n"
    assert capsys.readouterr().err == (notice if whole else "")
