"""LiteRT gives what Keras gives, whatever the model."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from stages.core.artefacts.processed import Fitted, InputSpec
from stages.export.litert import convert_model as module
from stages.export.litert.convert_model import convert_model
from stages.export.litert.not_convertible import NotConvertibleError
from stages.inference.keras_model.keras_outputs import outputs_of_batch
from stages.inference.keras_model.load_model import load_model
from stages.inference.litert.litert_model import BATCH, litert_runner
from stages.inference.litert.tolerance import TOLERANCE, largest_difference
from stages.train.model.save_model import save_archive
from tests.export.converted_examples import (
    SAMPLES,
    built_example,
    change_weights,
    edge_rows,
    outputs_in_batches,
)
from tests.train.small_data import (
    fitted_data,
    input_spec,
    random_data,
    text_ids_input,
    value_target,
    window_input,
)
from tests.train.test_every_model import CASES

# A case takes up to two seconds. The parts of the others are in these.
IN_EVERY_RUN = {
    "mlp", "lstm", "transformer", "nlinear", "dlinear", "quantiles", "augmentation", "branches", "lstm of words",
    "embedding of categories", "inputs of every kind", "own", "nlinear of all steps ahead",
    "a class and a value, with weights",
}  # fmt: skip


def cases() -> list[Any]:
    return [pytest.param(name, marks=[] if name in IN_EVERY_RUN else [pytest.mark.long]) for name in CASES]


def check_converted(model: keras.Model, fitted: Fitted, rows: dict[str, Any]) -> tuple[float, int]:
    """The bits of a row depend neither on the rows beside it nor on the number of threads."""
    content = convert_model(model, fitted)
    run_model, batch = litert_runner(content, fitted)
    outputs = outputs_in_batches(run_model, batch, rows)
    alone = outputs_in_batches(run_model, 1, rows)
    by_threads = outputs_in_batches(litert_runner(content, fitted, threads=2)[0], min(batch, 7), rows)
    for name in fitted.targets:
        assert outputs[name].dtype == np.float32
        np.testing.assert_array_equal(alone[name], outputs[name])
        np.testing.assert_array_equal(by_threads[name], outputs[name])
    difference = largest_difference(outputs_of_batch(model, list(fitted.targets), rows), outputs)
    assert difference <= TOLERANCE
    return difference, batch


@pytest.mark.parametrize("name", cases())
def test_every_model_of_train(name: str, tmp_path: Path) -> None:
    model, data = built_example(name, tmp_path)
    differences, batches = zip(
        *(check_converted(model, data.fitted, rows) for rows in (data.inputs("train"), edge_rows(data.fitted))),
        strict=True,
    )
    print(f"{name}: {differences[0]:.1e}, {differences[1]:.1e}")
    assert set(batches) == {BATCH}


Build = Callable[[Any], Any]
STEPS, NUMBERS, IMAGE = {"x": input_spec(6, 4)}, {"x": input_spec(5)}, {"x": input_spec(8, 8, 3)}
OWN_LAYERS: dict[str, tuple[dict[str, InputSpec], Build]] = {
    "bidirectional": (STEPS, lambda x: layers.Bidirectional(layers.LSTM(3))(x)),
    "cells": (STEPS, lambda x: layers.RNN(layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(2)]))(x)),
    "backwards": (STEPS, lambda x: layers.GRU(3, go_backwards=True)(x)),
    "masking": (STEPS, lambda x: layers.LSTM(3)(layers.Masking()(x))),
    "a mask of ids": ({"x": text_ids_input(6, 5)}, lambda x: layers.GRU(3)(layers.Embedding(9, 4, mask_zero=True)(x))),
    "convolutional lstm": ({"x": input_spec(3, 8, 3)}, lambda x: layers.Flatten()(layers.ConvLSTM1D(2, 3)(x))),
    "time distributed": (STEPS, lambda x: layers.Flatten()(layers.TimeDistributed(layers.Dense(3))(x))),
    "separable": (STEPS, lambda x: layers.Flatten()(layers.SeparableConv1D(3, 2)(x))),
    "groups": (IMAGE, lambda x: layers.Flatten()(layers.Conv2D(6, 3, groups=3, dilation_rate=2)(x))),
    "transposed": (IMAGE, lambda x: layers.Flatten()(layers.Conv2DTranspose(3, 2, strides=2)(x))),
    "upsampling": (IMAGE, lambda x: layers.Flatten()(layers.UpSampling2D(2, interpolation="bilinear")(x))),
    "group normalization": (IMAGE, lambda x: layers.Flatten()(layers.GroupNormalization(3)(x))),
    "noise": (NUMBERS, lambda x: layers.GaussianNoise(0.5)(layers.AlphaDropout(0.3)(x))),
    "attention": (STEPS, lambda x: layers.Flatten()(layers.MultiHeadAttention(2, 2)(x, x, use_causal_mask=True))),
    "gelu": (NUMBERS, lambda x: layers.Dense(4, activation="gelu")(x)),
    "mish": (NUMBERS, lambda x: layers.Dense(4, activation="mish")(x)),
    "operations": (NUMBERS, lambda x: ops.sort(ops.where(x > 0, ops.log1p(ops.abs(x)), ops.sin(x)))),
}
# A second each.
FEW_OWN_LAYERS = {"bidirectional", "a mask of ids", "noise", "operations"}


def own_cases() -> list[Any]:
    return [pytest.param(name, marks=[] if name in FEW_OWN_LAYERS else [pytest.mark.long]) for name in OWN_LAYERS]


def model_of(inputs: dict[str, InputSpec], build: Build, width: int = 2) -> tuple[keras.Model, Fitted]:
    ((name, spec),) = inputs.items()
    x = keras.Input(tuple(spec.shape), name=name, dtype="int32" if spec.id_count else "float32")
    model = keras.Model({name: x}, {"y": layers.Dense(width, name="y")(build(x))})
    change_weights(model)
    return model, fitted_data(inputs, {"y": value_target("a", "b")})


@pytest.mark.parametrize("name", own_cases())
def test_layers_and_operations_of_own_models(name: str) -> None:
    inputs, build = OWN_LAYERS[name]
    model, fitted = model_of(inputs, build)
    data = random_data(inputs, fitted.targets, train=SAMPLES, validation=0)
    difference, batch = check_converted(model, fitted, data.inputs("train"))
    print(f"{name}: {difference:.1e}")
    assert batch == BATCH


def test_inputs_and_targets_keep_their_names_in_any_order() -> None:
    inputs = {"width": window_input(1, "a"), "Länge": input_spec(1, 1)}
    tensors = {name: keras.Input((1, 1), name=name) for name in inputs}
    flat = {name: layers.Flatten()(tensor) for name, tensor in tensors.items()}
    outputs = {"sum": layers.Add()([*flat.values()]), "b": layers.Subtract()([*flat.values()]), "a": flat["width"]}
    fitted = fitted_data(inputs, {name: value_target() for name in ("sum", "b", "a")})
    run_model, _ = litert_runner(convert_model(keras.Model(tensors, outputs), fitted), fitted)
    rows = {"Länge": np.full((2, 1, 1), 5, np.float32), "width": np.full((2, 1, 1), 7, np.float32)}
    found = {name: values.tolist() for name, values in run_model(rows).items()}
    assert found == {"sum": [[12], [12]], "b": [[2], [2]], "a": [[7], [7]]}


def test_many_steps_stay_a_loop_that_takes_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = {"x": input_spec(6, 4)}
    model, fitted = model_of(inputs, lambda x: layers.LSTM(3)(layers.GRU(3, return_sequences=True)(x)))
    rows = random_data(inputs, fitted.targets, train=5, validation=0).inputs("train")
    unrolled = convert_model(model, fitted)
    monkeypatch.setattr(module, "MAX_UNROLLED_STEPS", 11)
    assert check_converted(model, fitted, rows)[1] == 1
    assert len(convert_model(model, fitted)) < len(unrolled)


def test_an_operation_that_needs_a_fixed_number_of_rows_takes_one_row() -> None:
    model, fitted = model_of(NUMBERS, lambda x: ops.roll(x, 1, axis=1))
    rows = random_data(NUMBERS, fitted.targets, train=5, validation=0).inputs("train")
    assert check_converted(model, fitted, rows)[1] == 1


@pytest.mark.error_case("export")
@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda x: ops.erfinv(ops.tanh(x)), "LiteRT has no built-in operation for Erfinv of TensorFlow"),
        (lambda x: ops.rfft(x)[0], "LiteRT cannot run the converted model: .*RFFT2D"),
        (lambda x: x - ops.mean(x, axis=0, keepdims=True), "the outputs of Keras and LiteRT .* differ by"),
    ],
)
def test_what_cannot_be_converted_is_one_sentence(
    build: Build, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    model, fitted = model_of(NUMBERS, build)
    with pytest.raises(NotConvertibleError, match=message) as caught:
        convert_model(model, fitted)
    assert len(str(caught.value).splitlines()) == 1
    assert capfd.readouterr() == ("", "")


CONVERT = """
import sys
from pathlib import Path
from stages.core.runtime import keras as keras_runtime
keras_runtime.start_keras(2)
from stages.export.litert.convert_model import convert_model
from stages.inference.keras_model.load_model import load_model
from stages.core.artefacts.processed import Fitted
fitted = Fitted.model_validate_json(Path(sys.argv[2]).read_text())
Path("model.tflite").write_bytes(convert_model(load_model(Path(sys.argv[1])), fitted))
"""


@pytest.mark.long
def test_the_bytes_are_the_same_in_another_process_and_after_other_models(tmp_path: Path) -> None:
    model, data = built_example("branches", tmp_path)
    save_archive(model, tmp_path / "model.keras")
    (tmp_path / "fitted.json").write_text(data.fitted.model_dump_json())
    here = convert_model(load_model(tmp_path), data.fitted)
    assert convert_model(model, data.fitted) == here
    (tmp_path / "other").mkdir()
    subprocess.run(
        [sys.executable, "-c", CONVERT, tmp_path, tmp_path / "fitted.json"],
        cwd=tmp_path / "other",
        env=os.environ | {"PYTHONHASHSEED": "5", "PYTHONPATH": str(Path.cwd())},
        check=True,
    )
    assert (tmp_path / "other/model.tflite").read_bytes() == here
    assert b"branches" not in here
    assert b"kernel" not in here
    assert str(tmp_path).encode() not in here


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    model, fitted = model_of(STEPS, lambda x: layers.GRU(2)(x))
    run_model, _ = litert_runner(convert_model(model, fitted), fitted)
    run_model({"x": np.zeros((2, 6, 4), np.float32)})
    assert capfd.readouterr() == ("", "")
