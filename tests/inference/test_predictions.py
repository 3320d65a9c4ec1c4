import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import yaml

from stages.core import paths
from stages.core.artefacts.processed import (
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    read_processed,
    write_processed,
)
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.token_ids import TokenIds
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_json, write_text
from stages.core.runtime.stage_outputs import published_outputs
from stages.evaluate.__main__ import _evaluate
from stages.evaluate.params import Evaluate
from stages.inference.predictions import BATCH, load, loss, outputs, probabilities
from tests.evaluate.cases import HALVED, assembled, series, values


def line(slope: float, intercept: float, shape: tuple[int, ...] = (1,)) -> keras.Model:
    """One unit without training: slope times the sum of what goes in, plus the intercept."""
    flat = [keras.layers.Flatten(name="flat")] if len(shape) > 1 else []
    model = keras.Sequential(
        [keras.layers.Input(shape, name="x"), *flat, keras.layers.Dense(1, name="y")], name="model"
    )
    model.layers[-1].set_weights([np.full((int(np.prod(shape)), 1), slope, np.float32), np.array([intercept])])
    return model


def test_every_sample_is_asked_in_its_order() -> None:
    x = np.arange(2 * BATCH + 7.0)[:, None]
    given = outputs(line(2, 1), values({"test": (x, x)}), "test")
    np.testing.assert_allclose(given["y"], 2 * x + 1)


def test_windows_are_cut_a_batch_at_a_time() -> None:
    data = series({"test": [*range(BATCH + 10)]}, length=3, horizon=1)
    given = outputs(line(1, 0, (3, 1)), data, "test")["y"][:, 0]
    np.testing.assert_allclose(given, 3 * np.arange(BATCH + 7) + 3)


def two_in_two_out() -> tuple[keras.Model, ProcessedData]:
    inputs = {n: keras.layers.Input((1,), name=n) for n in ("left", "right")}
    joined = keras.layers.Concatenate(name="joined")(list(inputs.values()))
    heads = {n: keras.layers.Dense(1, name=n) for n in ("sum", "difference")}
    model = keras.Model(inputs, {n: head(joined) for n, head in heads.items()}, name="model")
    heads["sum"].set_weights([np.array([[1.0], [1]]), np.zeros(1)])
    heads["difference"].set_weights([np.array([[1.0], [-1]]), np.zeros(1)])
    targets = {n: TargetSpec(column=NumberColumns(columns=[n])) for n in ("difference", "sum")}
    left, right = np.array([[5.0], [7]]), np.array([[1.0], [2]])
    parts = {"test": ({"right": right, "left": left}, {"sum": left + right, "difference": left - right})}
    return model, assembled(parts, targets)


def test_several_inputs_and_targets_find_each_other_by_name() -> None:
    model, data = two_in_two_out()
    given = outputs(model, data, "test")
    for name in ("sum", "difference"):
        np.testing.assert_allclose(given[name], data.truth("test")[name])


def test_one_sigmoid_unit_gives_both_probabilities() -> None:
    pair = TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"]))
    assert probabilities(pair, np.array([[0.25], [1.0]], np.float32)).tolist() == [[0.75, 0.25], [0.0, 1.0]]
    softmax = np.array([[0.5, 0.5]], np.float32)
    assert probabilities(pair, softmax) is softmax


ODDS = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], np.float32)


@pytest.mark.parametrize(
    ("name", "truth", "given", "expected"),
    [
        ("mean_squared_error", [[1.0], [2]], [[2.0], [5]], (1 + 9) / 2),
        ("mean_absolute_error", [[1.0], [2]], [[2.0], [5]], (1 + 3) / 2),
        ("huber", [[1.0], [2]], [[1.5], [5]], (0.125 + 2.5) / 2),
        ("binary_crossentropy", [1, 0], [[0.9], [0.2]], -(np.log(0.9) + np.log(0.8)) / 2),
        ("sparse_categorical_crossentropy", [0, 2], ODDS, -(np.log(0.7) + np.log(0.8)) / 2),
        ("categorical_crossentropy", [[1, 0, 0], [0, 0, 1]], ODDS, -(np.log(0.7) + np.log(0.8)) / 2),
    ],
)
def test_the_loss_over_all_samples(name: str, truth: Any, given: Any, expected: float) -> None:
    assert loss(name, np.array(truth), np.array(given, np.float32)) == pytest.approx(expected, rel=1e-5)


def mistake(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load(folder)
    return str(caught.value)


def test_a_model_that_is_missing_or_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "iris"
    folder.mkdir()
    assert mistake(folder) == f"{folder}/model.keras: not here; run `dvc repro train@iris`"
    line(1, 0).save(folder / "model.keras")
    whole = (folder / "model.keras").read_bytes()
    half = len(whole) // 2
    scratched = whole[:half] + b"\xff" * 40 + whole[half + 40 :]
    for damaged in (b"", whole[:-100], whole[:200], scratched):
        (folder / "model.keras").write_bytes(damaged)
        text = mistake(folder)
        assert text.startswith(f"{folder}/model.keras: damaged (")
        assert text.endswith("run `dvc repro --force train@iris`")


def test_a_model_that_carries_code_is_refused(tmp_path: Path) -> None:
    code = keras.layers.Lambda(lambda x: x, name="code")
    keras.Sequential([keras.layers.Input((1,)), code]).save(tmp_path / "model.keras")
    assert "damaged" in mistake(tmp_path)


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything that evaluate reads, for a model that says y = 2x + 1 in the scaled unit of the target."""
    monkeypatch.chdir(tmp_path)
    key = "lines"
    data = values({"train": ([[0], [1], [2]], [12, 16, 20]), "test": ([[3], [4]], [24, 30])}, steps=[HALVED])
    write_processed(data, paths.processed_data(key))
    paths.model(key).mkdir(parents=True)
    line(2, 1).save(paths.model(key) / "model.keras")
    record = {
        "threads": 1,
        "loss": {"y": "mean_squared_error"},
        "best_epoch": 2,
        "epochs": 2,
        "kept": "best",
        "seeds": [{"seed": 0, "best_epoch": 2}],
    }
    write_json(paths.model(key) / "training.json", record)
    write_text(paths.history(key), "epoch,loss,val_loss\n1,2.0,2.0\n2,1.0,1.5\n")
    evaluate = {"headline": "rmse", "baselines": ["linear"]}
    paths.PARAMS.write_text(yaml.safe_dump({"datasets": {key: {"evaluate": evaluate}}}))
    return key


def test_the_whole_stage(trained: str) -> None:
    """7 and 9 in the scaled unit are 24 and 28 in the target's own; 24 and 30 are true. Least squares says the same."""
    done = subprocess.run(
        [sys.executable, "-m", "stages.evaluate", trained],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    figures = {"mse": 2.0, "mae": 1.0, "rmse": 1.41421, "r2": 1 - 4 / 18}
    metrics = json.loads(paths.metrics(trained).read_text())
    assert metrics.pop("baseline")["linear"] == pytest.approx(figures, rel=1e-5)
    assert metrics.pop("gain") == pytest.approx(0, abs=1e-6)
    assert {name: metrics.pop(name) for name in figures} == pytest.approx(figures, rel=1e-5)
    assert metrics == {
        "loss": 0.5,
        "headline": {"metric": "rmse", "better": "lower", "baseline": "linear"},
        "best_epoch": 2,
        "epochs": 2,
        "gap": {"loss": 0.5},
        "samples": 2,
        "split": "test",
    }
    predictions = paths.predictions(trained)
    assert (predictions / "predictions.csv").read_text() == "row,y_truth,y_predicted\n3,24.0,24.0\n4,30.0,28.0\n"
    assert json.loads((predictions / "details.json").read_text()) == {
        "split": "test",
        "targets": {"y": {"kind": "values", "columns": ["y"]}},
    }
    assert sorted(f.name for f in predictions.iterdir()) == ["details.json", "predictions.csv"]


def test_the_models_of_other_seeds_are_judged_too(trained: str) -> None:
    """The first seed misses by 0 and 2. The second says 6 and 8, which are 22 and 26: it misses by 2 and 4."""
    (paths.model(trained) / "seeds").mkdir()
    line(2, 0).save(paths.model(trained) / "seeds/1.keras")
    losses, seeds = {"y": "mean_squared_error"}, [{"seed": s, "best_epoch": 1} for s in (0, 1)]
    params, data = (
        Evaluate(headline="rmse", baselines=["linear"], reach=1.5),
        read_processed(paths.processed_data(trained)),
    )
    with published_outputs() as outputs_:
        _evaluate(trained, params, data, {"loss": losses, "seeds": seeds}, {"best_epoch": 2}, outputs_)
    metrics = json.loads(paths.metrics(trained).read_text())
    first, second = 2**0.5, 10**0.5
    assert metrics["rmse"] == pytest.approx(first, rel=1e-5)
    assert metrics["seeds"].pop("count") == 2
    assert metrics["seeds"] == pytest.approx(
        {"mean": (first + second) / 2, "spread": (second - first) / 2**0.5, "worst": second}, rel=1e-5
    )
    assert metrics["reach"] == 1.5
    assert (paths.predictions(trained) / "predictions.csv").read_text().splitlines()[1] == "3,24.0,24.0"


def test_a_seed_whose_model_is_missing(trained: str) -> None:
    with pytest.raises(UserError) as caught:
        load(paths.model(trained), "seeds/1.keras")
    assert str(caught.value) == "data/models/lines/seeds/1.keras: not here; run `dvc repro train@lines`"


def test_texts_are_spread_out_a_batch_at_a_time() -> None:
    """Each text of n words is one of n ones, and the model adds them up."""
    lengths = np.arange(BATCH + 3) % 4
    rows = RaggedRows(np.concatenate([np.arange(n) for n in lengths]), np.concatenate([[0], np.cumsum(lengths)]))
    spec = InputSpec(column=TokenIds(columns=["text"], vocabulary_size=4), shape=[4])
    target = TargetSpec(column=NumberColumns(columns=["y"]))
    fitted = Fitted(inputs={"x": spec}, targets={"y": target}, splits={"test": len(lengths)})
    split = ProcessedSplit({"x": rows}, {"y": lengths[:, None].astype(np.float32)}, np.arange(len(lengths)))
    given = outputs(line(1, 0, (4,)), ProcessedData(fitted, {"test": split}), "test")
    assert given["y"][:, 0].tolist() == lengths.tolist()
