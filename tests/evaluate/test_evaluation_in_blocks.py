"""Splits of more than one block are evaluated with arrays in files, to the results of arrays in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.artefacts import processed
from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.evaluate import decision_threshold
from stages.evaluate.baselines import compare_with_baselines, simple_baselines
from stages.evaluate.evaluation_record import evaluation_record
from stages.evaluate.metrics import probability_metrics, weighted_metrics
from stages.evaluate.model_evaluation import evaluate_model
from stages.evaluate.params import Evaluate
from stages.evaluate.prediction_files import write_predictions
from stages.evaluate.target_predictions import TargetPredictions
from tests.inference.linear_model import linear_model
from tests.report.example_records import training_record
from tests.train.small_data import class_target, input_spec, random_data, value_target, with_weights

ROWS = 40
BLOCK = 16
MODULES = (processed, decision_threshold, probability_metrics, weighted_metrics)
LOSSES = {"values": "mean_squared_error", "classes": "sparse_categorical_crossentropy"}


@pytest.fixture
def small_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[ProcessedData], ProcessedData]]:
    """A function that makes all of its data's later arrays with more rows than a block files."""
    with scratch_folder(tmp_path) as scratch:

        def in_blocks(data: ProcessedData) -> ProcessedData:
            for module in MODULES:
                monkeypatch.setattr(module, "BLOCK_SAMPLES", BLOCK)
            monkeypatch.setattr(compare_with_baselines, "MAX_SINGLE_ROWS", BLOCK)
            monkeypatch.setattr(compare_with_baselines, "PARTS", 8)
            monkeypatch.setattr(simple_baselines, "NUMBERS_AT_ONCE", 64)
            return processed.ProcessedData(data.fitted, data.splits, processed.arrays_in(scratch))

        yield in_blocks


def example(kind: str, weighted: bool) -> ProcessedData:
    target = value_target() if kind == "values" else class_target("integer", 2)
    data = random_data({"x": input_spec(3)}, {"y": target}, train=ROWS, validation=ROWS - 3, test=ROWS + 1)
    return with_weights(data) if weighted else data


class Evaluated:
    def __init__(self, data: ProcessedData, kind: str, folder: Path) -> None:
        params = Evaluate(
            headline="rmse" if kind == "values" else "roc_auc",
            threshold=0.5 if kind == "values" else "best_f1",
            positive_class=None if kind == "values" else "b",
        )
        positive = {} if kind == "values" else {"y": 1}
        model = model_of(kind)
        self.evaluation = evaluate_model(model, data, "test", {"y": LOSSES[kind]}, params.threshold, positive)
        history = {"loss": [1.0] * 9, "val_loss": [1.0] * 9}
        self.record: EvaluationRecord = evaluation_record(params, data, training_record(), history, self.evaluation)
        folder.mkdir()
        write_predictions(folder, data, "test", self.evaluation.predictions)
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}


def model_of(kind: str) -> Any:
    if kind == "values":
        return linear_model(0.5, 0.1, (3,))
    head = keras.layers.Dense(2, activation="softmax", name="y")
    model = keras.Sequential([keras.layers.Input((3,), name="x"), head], name="model")
    head.set_weights([np.array([[0.5, 0.1], [1.0, 0.0], [-1.0, 0.4]]), np.array([0.1, 0.0])])
    return model


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["values", "classes"])
def test_blocks_give_the_results_of_all_rows(
    kind: str, weighted: bool, small_blocks: Callable[[ProcessedData], ProcessedData], tmp_path: Path
) -> None:
    data = example(kind, weighted)
    expected = Evaluated(data, kind, tmp_path / "all")
    found = Evaluated(small_blocks(data), kind, tmp_path / "blocks")
    assert found.files == expected.files
    for name in ("metrics", "baselines", "undefined", "thresholds", "left_out_baselines", "rows_digest"):
        assert_almost_equal(getattr(found.record, name), getattr(expected.record, name))
    assert_almost_equal(found.record.best_baseline.value, expected.record.best_baseline.value)
    assert_almost_equal(found.record.best_baseline.improvement, expected.record.best_baseline.improvement)


def assert_almost_equal(found: Any, expected: Any) -> None:
    """Sums of blocks differ from those of all rows in their last bits."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            assert_almost_equal(found[key], value)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-9)
    else:
        assert found == expected


def test_outputs_and_truth_are_in_files(small_blocks: Callable[[ProcessedData], ProcessedData]) -> None:
    data = small_blocks(example("values", weighted=False))
    evaluation = evaluate_model(model_of("values"), data, "test", {"y": "mean_squared_error"})
    for array in (evaluation.predictions["y"].predicted, data.truth("test")["y"]):
        assert isinstance(base_of(array), np.memmap)


def base_of(array: NDArray[Any]) -> Any:
    return array if isinstance(array, np.memmap) or array.base is None else base_of(array.base)


def test_the_interval_of_many_rows_is_that_of_resampled_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mean of equal parts is the mean of all rows, so that both ways measure the same, with other draws."""
    random = np.random.default_rng(0)
    truth = random.normal(size=(2560, 1))
    model, baseline = (TargetPredictions(truth + random.normal(0, size, truth.shape)) for size in (1.0, 2.0))
    arguments = ("mae", value_target(), truth, model, baseline, 1, 0)
    of_rows = compare_with_baselines.resampled_improvements(*arguments)
    monkeypatch.setattr(compare_with_baselines, "MAX_SINGLE_ROWS", 1000)
    of_parts = compare_with_baselines.resampled_improvements(*arguments)
    for share in (0.025, 0.5, 0.975):
        assert np.quantile(of_parts, share) == pytest.approx(np.quantile(of_rows, share), abs=0.01)
