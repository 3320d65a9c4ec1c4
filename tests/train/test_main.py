"""The stage as DVC starts it: `python -m stages.train KEY` at the root of a repository."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.processed import fold_folder, write_processed
from stages.core.artefacts.records.training import SeedRecord, StreamedSamples, TrainingRecord
from stages.core.files.atomic_write import write_json
from stages.core.run_stage.stage import run_stage
from stages.train import __main__ as entry
from stages.train.loop import checkpoint, choose_engine, compiled_epochs
from stages.train.loop.streaming import data_size
from tests.core.own_model.example_files import FILES, MINE, OWN, write_copies
from tests.run_in_process import published
from tests.train.interruption import Interrupted, interrupt_after
from tests.train.small_data import input_spec, random_data, value_target

run = published(entry.run)
MODEL = Path("data/models/tiny")
TRAIN = {
    "model": {"kind": "mlp", "units": [4], "dropout": 0.5},
    "output": "linear",
    "loss": "mean_squared_error",
    "optimizer": {"kind": "adam"},
    "epochs": 3,
    "batch": 4,
}
IS_TENSORFLOW_IMPORTED = """
import runpy, sys
sys.argv = ["train", "tiny"]
try:
    runpy.run_module("stages.train", run_name="__main__")
finally:
    print("tensorflow" in sys.modules)
"""


def new_repository(root, targets=("y",), **changes):
    root.mkdir()
    write_json(root / paths.dataset_params("tiny"), {"train": TRAIN | changes})
    data = random_data({"x": input_spec(3)}, {name: value_target() for name in targets})
    write_processed(data, root / "data/processed/tiny")
    return root


def outputs_of(root):
    files = [f for folder in ("data/models", "reports") for f in sorted((root / folder).rglob("*")) if f.is_file()]
    return {f.relative_to(root): f.read_bytes() for f in files}


def record_of(outputs):
    return TrainingRecord.model_validate_json(outputs[MODEL / "training.json"])


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What the stage writes in this process, with the unchanged parameters."""
    with pytest.MonkeyPatch.context() as patched:
        root = new_repository(tmp_path_factory.mktemp("train") / "repository")
        patched.chdir(root)
        run("tiny")
        return outputs_of(root)


def test_another_process_in_another_folder_writes_the_same_bytes(outputs, tmp_path):
    root = new_repository(tmp_path / "other")
    command = [sys.executable, "-m", "stages.train", "tiny"]
    process = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert [line.split()[1] for line in process.stdout.splitlines()] == ["1/3", "2/3", "3/3"]
    assert outputs_of(root) == outputs


def test_outputs(outputs):
    history = Path("reports/history/tiny.csv")
    assert list(outputs) == [MODEL / "architecture.json", MODEL / "model.keras", MODEL / "training.json", history]
    record = record_of(outputs)
    assert record.loss == {"y": "mean_squared_error"}
    assert (record.parameters, record.trainable, record.epochs, record.kept) == (21, 21, 3, "best")
    assert (record.engine, record.threads, record.monitor) == ("plain", 1, "val_loss")
    assert [layer.name for layer in record.layers] == ["dense_1", "dropout_1", "y"]
    assert set(record.versions) == {"keras", "numpy", "tensorflow"}
    assert len(outputs[history].splitlines()) == 4


def test_more_seeds_add_models_and_do_not_change_the_first(outputs, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "SAVE_INTERVAL", 0.0)
    monkeypatch.chdir(new_repository(tmp_path / "seeds", seeds=3, seed=0))
    run("tiny")
    assert not paths.checkpoint("tiny").exists(), "checkpoints are deleted at the end"
    several = outputs_of(Path())
    record = record_of(several)
    assert [entry.seed for entry in record.seeds] == [0, 1, 2]
    assert record.seeds[0].best_epoch == record.best_epoch
    assert record.model_copy(update={"seeds": record.seeds[:1]}) == record_of(outputs)
    others = [several.pop(MODEL / f"seeds/{seed}.keras") for seed in (1, 2)]
    assert len({*others, several[MODEL / "model.keras"]}) == 3
    assert several | {MODEL / "training.json": b""} == outputs | {MODEL / "training.json": b""}


def test_streamed_samples_write_the_same_model(outputs, tmp_path, monkeypatch):
    assert b"streamed" not in outputs[MODEL / "training.json"]
    monkeypatch.setattr(data_size, "IN_MEMORY_BYTES", 0)
    monkeypatch.chdir(new_repository(tmp_path / "streamed"))
    run("tiny")
    streamed = outputs_of(Path())
    record = record_of(streamed)
    # Each of ten training samples has 16 bytes.
    assert record.streamed == StreamedSamples(window=1 << 22, block=1 << 14)
    assert record.model_copy(update={"streamed": None}) == record_of(outputs)
    assert streamed | {MODEL / "training.json": b""} == outputs | {MODEL / "training.json": b""}


def test_quantiles_are_recorded_with_the_targets_that_have_them(outputs, tmp_path, monkeypatch):
    assert b"quantiles" not in outputs[MODEL / "training.json"]
    loss = {"y": "pinball", "z": "huber"}
    monkeypatch.chdir(new_repository(tmp_path / "quantiles", ["y", "z"], loss=loss, quantiles=[0.1, 0.5, 0.9]))
    run("tiny")
    record = record_of(outputs_of(Path()))
    assert record.loss == loss
    assert record.quantiles_by_target == {"y": [0.1, 0.5, 0.9]}
    assert {layer.name: layer.output for layer in record.layers if layer.name in loss} == {
        "y": "(None, 3)",
        "z": "(None, 1)",
    }


def test_a_refit_is_recorded_with_the_engine_that_trained_it(tmp_path, monkeypatch):
    """The search has 3 batches in each of 3 epochs, the refit 4."""
    monkeypatch.setattr(choose_engine, "MIN_BATCHES_TO_FUSE", 12)
    monkeypatch.chdir(new_repository(tmp_path / "refit", refit=True))
    run("tiny")
    record = record_of(outputs_of(Path()))
    assert (record.kept, record.epochs, record.engine) == ("refit", 3, "fused")
    assert record.seeds == [SeedRecord(seed=0, best_epoch=record.best_epoch)]


def with_folds(root, *folds):
    """Add these data as the folds of a backtest."""
    data = random_data({"x": input_spec(3)}, {"y": value_target()})
    folder = root / "data/processed/tiny"
    write_processed(replace(data, fitted=data.fitted.model_copy(update={"folds": len(folds)})), folder)
    for number, fold in enumerate(folds, 1):
        write_processed(fold, fold_folder(folder, number))
    return root


def example_folds():
    return [random_data({"x": input_spec(3)}, {"y": value_target()}, train=rows) for rows in (8, 12)]


@pytest.fixture(scope="module")
def outputs_with_folds(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(with_folds(new_repository(tmp_path_factory.mktemp("folds") / "repository"), *example_folds()))
        run("tiny")
        return outputs_of(Path())


def test_each_fold_of_a_backtest_has_a_model_of_its_own_data(outputs, outputs_with_folds, tmp_path, monkeypatch):
    """The model of a fold is that of a dataset with the data of the fold. Of several seeds it has the first."""
    several = dict(outputs_with_folds)
    folds = [several.pop(MODEL / f"folds/{number}.keras") for number in (1, 2)]
    record = record_of(several)
    assert [(fold.fold, fold.epochs) for fold in record.folds] == [(1, 3), (2, 3)]
    assert record.model_copy(update={"folds": []}) == record_of(outputs)
    assert several | {MODEL / "training.json": b""} == outputs | {MODEL / "training.json": b""}
    root = new_repository(tmp_path / "fold")
    write_processed(example_folds()[1], root / "data/processed/tiny")
    monkeypatch.chdir(root)
    run("tiny")
    assert outputs_of(root)[MODEL / "model.keras"] == folds[1] != folds[0]
    assert record_of(outputs_of(root)).best_epoch == record.folds[1].best_epoch


def test_an_interrupted_backtest_resumes_to_the_same_bytes(outputs_with_folds, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checkpoint, "SAVE_INTERVAL", 0.0)
    monkeypatch.setattr(compiled_epochs, "SAMPLES_PER_CALL", 1)
    root = with_folds(new_repository(tmp_path / "repository", seeds=2), *example_folds())
    monkeypatch.chdir(root)
    with monkeypatch.context() as patched:
        # Each of three epochs is saved, and the end of the training: 4 for each seed, 4 for fold 1, 2 for fold 2.
        interrupt_after(14, patched)
        with pytest.raises(Interrupted):
            run("tiny")
    capsys.readouterr()
    run("tiny")
    lines = [line.split(" loss")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "tiny seed 0: resuming after epoch 3",
        "tiny seed 1: resuming after epoch 3",
        "tiny fold 1 of 2: resuming after epoch 3",
        "tiny fold 2 of 2: resuming after epoch 2",
        "tiny fold 2 of 2: 3/3",
    ]
    resumed = outputs_of(root)
    assert {path: content for path, content in resumed.items() if "folds" in path.parts} == {
        path: content for path, content in outputs_with_folds.items() if "folds" in path.parts
    }
    assert record_of(resumed).folds == record_of(outputs_with_folds).folds
    assert not paths.checkpoint("tiny").exists()


@pytest.mark.error_case("backtest")
def test_an_error_in_a_fold_names_it(tmp_path, monkeypatch, capsys):
    """The second fold has no validation rows."""
    folds = [random_data({"x": input_spec(3)}, {"y": value_target()}, validation=rows) for rows in (4, 0)]
    root = with_folds(new_repository(tmp_path / "repository"), *folds)
    monkeypatch.chdir(root)
    with pytest.raises(SystemExit, match="1"):
        run_stage("train", entry.run, ["tiny"])
    assert capsys.readouterr().err.startswith("restage: train@tiny: fold 2: train.monitor: received val_loss, but ")
    assert outputs_of(root) == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "binary_crossentropy"}, "train: target y has values and needs loss"),
        ({"metrics": ["accuracy"]}, "train.metrics: accuracy does not fit target y"),
        ({"monitor": "val_y_loss"}, "train.monitor: 'val_y_loss' is not recorded; did you mean val_loss?"),
        ({"monitor": "val_los"}, "params.yaml: datasets.tiny.train: monitor 'val_los' is never recorded"),
        ({"epochs": 0}, "params.yaml: datasets.tiny.train.epochs: should be greater than or equal to 1; received 0"),
        ({"targets": ["x"]}, "train: an input and a target have the same name 'x'"),
        (
            {"optimizer": {"kind": "sgd", "learning_rate": 1e30}},
            "train: loss, val_loss is not finite in epoch 1; use a smaller train.optimizer.learning_rate",
        ),
    ],
)
def test_an_error_is_one_message_and_leaves_no_outputs(tmp_path, monkeypatch, capsys, changes, message):
    root = new_repository(tmp_path / "repository", **changes)
    monkeypatch.chdir(root)
    with pytest.raises(SystemExit, match="1"):
        run_stage("train", entry.run, ["tiny"])
    assert capsys.readouterr().err.startswith(f"restage: train@tiny: {message}")
    assert outputs_of(root) == {}


def own_repository(root, **files):
    model = OWN | {"arguments": {"dropout": 0.5}}
    settings = {"loss": "mine.py:absolute_error", "metrics": ["mine.py:largest_error"], "seeds": 2, "refit": True}
    repository = new_repository(root, model=model, **settings)
    write_copies(repository, FILES | {f"{name}.py": text for name, text in files.items()})
    return repository


@pytest.mark.long
def test_a_model_of_the_user_is_the_same_bytes_in_another_process(tmp_path, monkeypatch):
    roots = [own_repository(tmp_path / name) for name in ("here", "there")]
    monkeypatch.chdir(roots[0])
    run("tiny")
    command = [sys.executable, "-m", "stages.train", "tiny"]
    process = subprocess.run(command, cwd=roots[1], capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    own = outputs_of(roots[0])
    assert outputs_of(roots[1]) == own
    assert record_of(own).loss == {"y": "mine.py:absolute_error"}
    assert own[Path("reports/history/tiny.csv")].decode().splitlines()[0] == (
        "epoch,loss,largest_error,val_loss,val_largest_error"
    )
    assert MODEL / "seeds/1.keras" in own


@pytest.mark.error_case("own models")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINE.replace("inputs, outputs, units=4", "inputs, outputs, units"), "conf/models/mine.py: build: TypeError: "),
        (
            MINE.replace("keras.ops.abs(y_true - y_pred), axis=-1)", "keras.ops.reshape(y_pred, (-1, 3)), axis=-1)", 1),
            "conf/models/mine.py:18: InvalidArgumentError: Input to reshape is a tensor with 1 values",
        ),
    ],
)
def test_a_mistake_of_the_user_is_one_message_and_leaves_no_outputs(tmp_path, monkeypatch, capsys, text, message):
    root = own_repository(tmp_path / "repository", mine=text)
    monkeypatch.chdir(root)
    with pytest.raises(SystemExit, match="1"):
        run_stage("train", entry.run, ["tiny"])
    assert capsys.readouterr().err.startswith(f"restage: train@tiny: {message}")
    assert outputs_of(root) == {}


def test_checks_that_do_not_need_keras_come_before_its_import(tmp_path):
    root = new_repository(tmp_path / "repository", model={"kind": "lstm", "cells": [2]})
    command = [sys.executable, "-c", IS_TENSORFLOW_IMPORTED]
    process = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout) == (1, "False\n")
    assert "needs inputs of shape [steps, columns]" in process.stderr
    assert "Traceback" not in process.stderr
