from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, ProcessedSplit, TargetSpec
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.texts.token_ids import TokenIds
from stages.inference.keras_model import keras_outputs
from stages.inference.keras_model.compiled_batches import RunBatches, compile_batches
from stages.inference.keras_model.keras_outputs import BATCH, model_outputs, samples_per_call
from tests.evaluate.processed_examples import processed_data, series, values
from tests.inference.linear_model import linear_model


def test_outputs_are_in_the_order_of_the_samples() -> None:
    x = np.arange(2 * BATCH + 7.0)[:, None]
    outputs = model_outputs(linear_model(2, 1), values({"test": (x, x)}), "test")
    np.testing.assert_allclose(outputs["y"], 2 * x + 1)


def test_many_small_samples_are_run_by_compiled_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, calls of two batches: the first one by itself, the second one compiled, and the smaller rest by itself."""
    compiled: list[tuple[int, ...]] = []

    def compile_and_count(model: keras.Model) -> RunBatches:
        run_batches = compile_batches(model)

        def run(inputs: Mapping[str, Any]) -> Any:
            compiled.extend(tuple(array.shape) for array in inputs.values())
            return run_batches(inputs)

        return run

    monkeypatch.setattr(keras_outputs, "SAMPLES_PER_CALL", 2 * BATCH)
    monkeypatch.setattr(keras_outputs, "SAMPLES_BEFORE_COMPILING", 2 * BATCH)
    monkeypatch.setattr(keras_outputs, "compile_batches", compile_and_count)
    x = np.arange(5 * BATCH + 7.0)[:, None]
    outputs = model_outputs(linear_model(2, 1), values({"test": (x, x)}), "test")
    np.testing.assert_allclose(outputs["y"], 2 * x + 1)
    assert compiled == [(2, BATCH, 1)]


@pytest.mark.parametrize(("shape", "expected"), [((2048,), keras_outputs.SAMPLES_PER_CALL), ((2049,), BATCH)])
def test_large_samples_are_run_a_batch_at_a_time(shape: tuple[int, ...], expected: int) -> None:
    spec = InputSpec(column=NumberColumns(columns=["x"]), shape=list(shape))
    assert samples_per_call(Fitted(inputs={"x": spec}, targets={}, splits={})) == expected


def test_windows_are_made_per_batch() -> None:
    data = series({"test": [*range(BATCH + 10)]}, length=3, horizon=1)
    outputs = model_outputs(linear_model(1, 0, (3, 1)), data, "test")
    np.testing.assert_allclose(outputs["y"][:, 0], 3 * np.arange(BATCH + 7) + 3)


def test_multi_hot_rows_are_made_per_batch() -> None:
    """A text of n distinct words is a row with n ones, and the model adds them up."""
    lengths = np.arange(BATCH + 3) % 4
    rows = RaggedRows(np.concatenate([np.arange(n) for n in lengths]), np.concatenate([[0], np.cumsum(lengths)]))
    spec = InputSpec(column=TokenIds(columns=["text"], vocabulary_size=4), shape=[4])
    target = TargetSpec(column=NumberColumns(columns=["y"]))
    fitted = Fitted(inputs={"x": spec}, targets={"y": target}, splits={"test": len(lengths)})
    split = ProcessedSplit({"x": rows}, {"y": lengths[:, None].astype(np.float32)}, np.arange(len(lengths)))
    outputs = model_outputs(linear_model(1, 0, (4,)), ProcessedData(fitted, {"test": split}), "test")
    assert outputs["y"][:, 0].tolist() == lengths.tolist()


def test_several_inputs_and_targets_are_matched_by_name() -> None:
    inputs = {name: keras.layers.Input((1,), name=name) for name in ("left", "right")}
    joined = keras.layers.Concatenate(name="joined")(list(inputs.values()))
    heads = {name: keras.layers.Dense(1, name=name) for name in ("sum", "difference")}
    model = keras.Model(inputs, {name: head(joined) for name, head in heads.items()}, name="model")
    heads["sum"].set_weights([np.array([[1.0], [1]]), np.zeros(1)])
    heads["difference"].set_weights([np.array([[1.0], [-1]]), np.zeros(1)])
    targets = {name: TargetSpec(column=NumberColumns(columns=[name])) for name in ("difference", "sum")}
    left, right = np.array([[5.0], [7]]), np.array([[1.0], [2]])
    arrays = {"test": ({"right": right, "left": left}, {"sum": left + right, "difference": left - right})}
    data = processed_data(arrays, targets)
    outputs = model_outputs(model, data, "test")
    for name in ("sum", "difference"):
        np.testing.assert_allclose(outputs[name], data.truth("test")[name])
