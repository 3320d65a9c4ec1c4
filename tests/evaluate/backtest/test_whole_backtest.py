"""Preprocess, train and evaluate of a dataset with a backtest: what a fold has depends on no row of a later fold."""

import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.artefacts.records.evaluation import BacktestRecord, EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.files.atomic_write import write_json, write_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.core.runtime import keras as keras_runtime
from stages.evaluate.__main__ import run as evaluate
from stages.preprocess.__main__ import run as preprocess
from stages.train.__main__ import run as train
from tests.run_in_process import published

keras_runtime.start_keras(1)
STAGES = {"preprocess": preprocess, "train": train, "evaluate": evaluate}
KEY = "shop"
# The folds test the rows from 60, 70 and 80 on.
ROWS, FOLDS, STEP = 90, 3, 10
PARAMS: dict[str, Any] = {
    "preprocess": {
        "targets": "sales",
        "inputs": ["sales", "weekday"],
        "split": {"order": "chronological", "test": 15, "validation": 12},
        "window": {"length": 6, "horizon": 2, "steps": "all", "season": 4},
        "steps": [{"step": "standard"}],
        "target_steps": [{"step": "relative_to_last"}, {"step": "standard", "center": False}],
        "backtest": {"folds": FOLDS, "step": STEP},
    },
    "train": {
        "model": {"kind": "linear"},
        "output": "linear",
        "loss": "mean_squared_error",
        "optimizer": {"kind": "adam", "learning_rate": 0.01},
        "epochs": 3,
        "batch": 16,
    },
    "evaluate": {"headline": "mase", "interval": 0.5, "fitted_baselines": []},
}


def sales() -> "pd.Series[float]":
    rows = np.arange(ROWS)
    noise = np.random.default_rng(5).normal(0, 0.5, ROWS)
    return pd.Series(50 + 0.3 * rows + 4 * np.sin(rows * np.pi / 2) + noise)


Results = tuple[dict[str, bytes], BacktestRecord]


def run_stages(root: Path, series: "pd.Series[float]", own_processes: bool = False) -> Results:
    """The bytes of all outputs, and the record."""
    root.mkdir()
    frame = pd.DataFrame({"sales": series, "weekday": np.array(["Mon", "Tue", "Wed"])[np.arange(ROWS) % 3]})
    write_raw(Table({"all": frame}, kind="series"), root / paths.raw_data(KEY))
    write_json(root / paths.dataset_params(KEY), PARAMS)
    write_text(root / paths.model_file_copies(KEY) / PACKAGE_FILE, PACKAGE_TEXT)
    for stage, run in STAGES.items():
        if own_processes:
            run_in_own_process(stage, root)
        else:
            with chdir(root):
                published(run)(KEY)
    record = read_record(EvaluationRecord, root / paths.evaluation(KEY), "evaluate", KEY)
    files = [f for part in ("data", "reports") for f in sorted((root / part).rglob("*")) if f.is_file()]
    return {str(f.relative_to(root)): f.read_bytes() for f in files}, record.backtests["sales"]


def run_in_own_process(stage: str, root: Path) -> None:
    command = [sys.executable, "-m", f"stages.{stage}", KEY]
    process = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backtest")


@pytest.fixture(scope="module")
def original(root: Path) -> Results:
    return run_stages(root / "original", sales())


def test_the_record_of_a_backtest(original: Results) -> None:
    record = original[1]
    assert [(fold.first_row, fold.train_rows, fold.samples) for fold in record.folds] == [
        (60, 48, 9),
        (70, 58, 9),
        (80, 68, 9),
    ]
    assert record.metric == "mase"
    for fold in record.folds:
        assert set(fold.baselines) == {"persistence", "drift", "seasonal_naive", "theta", "linear"}
        assert {"rmse", "mae", "mase", "smape", "coverage", "interval_score"} <= set(fold.metrics)
        assert [step.step for step in fold.steps] == [1, 2]
    means = {
        name: np.mean([fold.baselines[name]["mase"] for fold in record.folds]) for name in record.folds[0].baselines
    }
    assert record.best_baseline == min(means, key=lambda name: float(means[name]))
    assert record.mean["mase"] == pytest.approx(np.mean([fold.metrics["mase"] for fold in record.folds]), rel=1e-5)


def test_metrics_of_a_fold_are_in_the_unit_of_the_series(root: Path, original: Results) -> None:
    """Persistence and the naive error, from the series alone."""
    values, (_, fold, _) = sales().to_numpy(), original[1].folds
    origins = np.arange(69, 78)
    errors = np.abs(np.stack([values[origins + 1], values[origins + 2]], axis=1) - values[origins][:, None])
    naive = np.abs(values[4:58] - values[:54]).mean()
    assert fold.baselines["persistence"]["mae"] == pytest.approx(errors.mean(), rel=1e-5)
    assert fold.baselines["persistence"]["mase"] == pytest.approx(errors.mean() / naive, rel=1e-5)
    data = read_processed(root / "original" / paths.processed_data(KEY), 2)
    np.testing.assert_array_equal(data.truth("test")["sales"][:, 0], values[origins + 1])


def test_later_rows_change_no_model_and_no_metric_of_earlier_folds(root: Path, original: Results) -> None:
    """From the first test row of the second fold on, all values are other ones."""
    files, record = original
    series = sales()
    series[70:] *= 1.5
    changed_files, changed = run_stages(root / "changed", series)
    models = [f"data/models/{KEY}/folds/{number}.keras" for number in (1, 2, 3)]
    assert [changed_files[name] == files[name] for name in models] == [True, True, False]
    first_fold = f"data/processed/{KEY}/folds/1/"
    assert [n for n in files if n.startswith(first_fold) and changed_files[n] != files[n]] == []
    second_fitted = f"data/processed/{KEY}/folds/2/fitted.json"
    assert changed_files[second_fitted] == files[second_fitted]
    without_steps = [each.folds[0].model_copy(update={"steps": []}) for each in (record, changed)]
    assert without_steps[0] == without_steps[1]
    assert changed.folds[1] != record.folds[1]


def test_the_same_bytes_in_another_folder(root: Path, original: Results) -> None:
    assert run_stages(root / "again", sales())[0] == original[0]


@pytest.mark.long
def test_the_same_bytes_in_processes_of_their_own(root: Path, original: Results) -> None:
    assert run_stages(root / "processes", sales(), own_processes=True)[0] == original[0]
