"""The stage as DVC starts it: `python -m stages.train KEY` at the root of a repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.runtime.atomic_write import write_json
from stages.core.runtime.stage import run_stage
from stages.train import __main__ as entry
from tests.run_in_process import published
from tests.train.made import an_input, processed, values

run = published(entry.run)

TERMS = {
    "model": {"kind": "mlp", "units": [4], "dropout": 0.5},
    "output": "linear",
    "loss": "mean_squared_error",
    "optimizer": {"kind": "adam"},
    "epochs": 3,
    "batch": 4,
}

WATCHED = """
import runpy, sys
sys.argv = ["train", "tiny"]
try:
    runpy.run_module("stages.train", run_name="__main__")
finally:
    print("tensorflow" in sys.modules)
"""


def repository(root, **changes):
    root.mkdir()
    write_json(root / paths.dataset_params("tiny"), {"train": TERMS | changes})
    write_processed(processed({"x": an_input(3)}, {"y": values()}), root / "data/processed/tiny")
    return root


def started(root):
    command = [sys.executable, "-m", "stages.train", "tiny"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def written(root):
    folders = ("data/models", "reports")
    return {f.relative_to(root): f.read_bytes() for n in folders for f in sorted((root / n).rglob("*")) if f.is_file()}


def test_another_process_another_place_and_another_time_give_the_same_bytes(tmp_path, monkeypatch):
    here, there = repository(tmp_path / "here"), repository(tmp_path / "there")
    done = started(there)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["1/3", "2/3", "3/3"]
    monkeypatch.chdir(here)
    run("tiny")
    assert written(here) == written(there)
    assert [str(f) for f in written(here)] == [
        "data/models/tiny/architecture.json",
        "data/models/tiny/model.keras",
        "data/models/tiny/training.json",
        "reports/history/tiny.csv",
    ]
    record = json.loads((here / "data/models/tiny/training.json").read_text())
    assert {n: record[n] for n in ("epochs", "loss", "parameters", "trainable", "kept")} == {
        "epochs": 3,
        "loss": {"y": "mean_squared_error"},
        "parameters": 21,
        "trainable": 21,
        "kept": "best",
    }
    assert len((here / "reports/history/tiny.csv").read_text().splitlines()) == 4


def test_more_seeds_add_models_and_change_nothing_of_the_first(tmp_path, monkeypatch):
    one, three = repository(tmp_path / "one"), repository(tmp_path / "three", seeds=3, seed=0)
    for root in (one, three):
        monkeypatch.chdir(root)
        run("tiny")
    alone, several = written(one), written(three)
    models = Path("data/models/tiny")
    record = json.loads(several.pop(models / "training.json"))
    seeds = [several.pop(models / f"seeds/{seed}.keras") for seed in (1, 2)]
    assert record | {"seeds": record["seeds"][:1]} == json.loads(alone.pop(models / "training.json"))
    assert several == alone
    assert len({*seeds, several[models / "model.keras"]}) == 3
    assert [entry["seed"] for entry in record["seeds"]] == [0, 1, 2]
    assert record["seeds"][0]["best_epoch"] == record["best_epoch"]


def test_a_refit_is_recorded_as_one(tmp_path, monkeypatch):
    monkeypatch.chdir(repository(tmp_path / "here", refit=True))
    run("tiny")
    record = json.loads(Path("data/models/tiny/training.json").read_text())
    assert (record["kept"], record["epochs"]) == ("refit", 3)
    assert record["seeds"] == [{"seed": 0, "best_epoch": record["best_epoch"]}]


def refused(root, monkeypatch, capsys):
    """What is said of a training that cannot be; nothing of it may be left."""
    monkeypatch.chdir(root)
    with pytest.raises(SystemExit, match="1"):
        run_stage("train", entry.run, ["tiny"])
    assert written(root) == {}
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"loss": "binary_crossentropy"}, "train: target y holds values, which goes with"),
        ({"metrics": ["accuracy"]}, "train.metrics: accuracy does not fit target y"),
        ({"monitor": "val_y_loss"}, "train.monitor: 'val_y_loss' is not recorded; did you mean val_loss?"),
        ({"monitor": "val_los"}, "params.yaml: datasets.tiny.train: monitor 'val_los' is never recorded"),
        ({"epochs": 0}, "params.yaml: datasets.tiny.train.epochs: should be greater than or equal to 1; received 0"),
        ({"optimizer": {"kind": "sgd", "learning_rate": 1e30}}, "train: loss, val_loss is no longer a number in epoch"),
    ],
)
def test_a_mistake_is_a_sentence_and_leaves_nothing(tmp_path, monkeypatch, capsys, changes, told):
    root = repository(tmp_path / "here", **changes)
    assert refused(root, monkeypatch, capsys).startswith(f"restage: train@tiny: {told}")


def test_names_that_no_layer_can_carry(tmp_path, monkeypatch, capsys):
    root = repository(tmp_path / "here")
    write_processed(processed({"x": an_input(3)}, {"x": values()}), root / "data/processed/tiny")
    assert "train: an input and a target are both called 'x'" in refused(root, monkeypatch, capsys)


def test_what_needs_no_keras_is_checked_before_keras_is_loaded(tmp_path):
    root = repository(tmp_path / "here", loss="binary_crossentropy")
    done = subprocess.run([sys.executable, "-c", WATCHED], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "False\n")
    assert "Traceback" not in done.stderr
