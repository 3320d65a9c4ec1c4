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
from stages.core.artefacts.raw import Table
from stages.core.artefacts.raw_files import write_raw
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_json
from stages.preprocess import __main__ as entry
from tests.run_in_process import published

KEY = "flowers"
FLOWERS = pd.DataFrame({"length": [1.0, 2.0, 3.0, 4.0], "kind": ["rose", "tulip", "rose", "tulip"]})
PARAMS = {"targets": "kind", "labels": "one_hot", "split": {"test": 0.5}, "steps": [{"step": "standard"}]}

run = published(entry.run)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_inputs(frame: pd.DataFrame = FLOWERS, **params: Any) -> None:
    """Write raw data and params.yaml."""
    write_raw(Table({"all": frame}, classes={"kind": ["rose", "tulip"]}), paths.raw_data(KEY))
    write_json(paths.dataset_params(KEY), {"preprocess": PARAMS | params})


def outputs() -> dict[str, bytes]:
    folder = paths.processed_data(KEY)
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def run_stage(hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run the stage in a new process. The hash seed changes the order of its sets."""
    command = [sys.executable, "-m", "stages.preprocess", KEY]
    return subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True)


def test_raw_data_become_arrays() -> None:
    write_inputs()
    run(KEY)
    data = read_processed(paths.processed_data(KEY))
    assert data.fitted.splits == {"train": 2, "test": 2}
    assert sorted([*data.raw_row_numbers("train"), *data.raw_row_numbers("test")]) == [0, 1, 2, 3]
    assert set(data.fitted.versions) == {"numpy", "scikit-learn"}


def test_two_processes_write_the_same_bytes() -> None:
    write_inputs()
    assert run_stage("1").returncode == 0
    first = outputs()
    assert run_stage("2").returncode == 0
    assert outputs() == first


def test_an_error_is_reported_in_one_line() -> None:
    write_inputs(FLOWERS.assign(length=[1.0, np.nan, 3.0, np.inf]))
    done = run_stage()
    assert done.returncode == 1
    assert done.stderr.startswith("restage: preprocess@flowers: column length: missing or infinite in rows 1, 3;")
    assert done.stderr.count("\n") == 1
    assert not Path("data/processed").exists()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"labels": "onehot"},
            "params.yaml: datasets.flowers.preprocess.labels: received 'onehot'; did you mean one_hot?",
        ),
        ({"inputs": ["kind"]}, "params.yaml: datasets.flowers.preprocess: inputs name the target 'kind'"),
        ({"targets": "kimd"}, "preprocess.targets: no column 'kimd'; did you mean kind?"),
        ({"split": {"test": 4}}, "preprocess.split: 4 test and 0 validation of 4 rows leaves no rows to train on"),
        ({"inputs": ["kind"], "targets": "length", "labels": {}}, "column kind holds str, not numbers; "),
    ],
)
def test_errors_leave_no_output(params: dict[str, Any], message: str) -> None:
    write_inputs(**params)
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert str(caught.value).startswith(message)
    assert not Path("data/processed").exists()


def test_nothing_was_downloaded() -> None:
    write_inputs()
    (paths.raw_data(KEY) / "meta.json").unlink()
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert str(caught.value) == "data/raw/flowers/meta.json: not found; run `dvc repro download@flowers`"


def test_neither_keras_nor_great_expectations_is_loaded() -> None:
    write_inputs()
    script = f"""
import sys
from stages.core.runtime.stage import run_stage
from stages.preprocess.__main__ import run
run_stage("preprocess", run, [{KEY!r}])
print(*{{"tensorflow", "keras", "great_expectations", "hydra"}} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
