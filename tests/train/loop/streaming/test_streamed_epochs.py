"""Streamed samples train the same bits as samples in memory, in every form of the data."""

from dataclasses import replace
from typing import Any

import pytest

from stages.core.artefacts.processed import ProcessedData, read_processed, write_processed
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import LinearScaling
from stages.core.columns.series.window_steps import FittedRelativeToLast
from stages.train.loop import checkpoint, compiled_epochs
from stages.train.loop.compiled_epochs import CompiledEpochs
from stages.train.loop.streaming import data_size, streamed_epochs
from stages.train.loop.streaming.streamed_epochs import StreamedEpochs
from stages.train.loop.training_loop import train_seeds
from tests.train.interruption import Interrupted, interrupt_after
from tests.train.small_data import (
    class_target,
    image_input,
    input_spec,
    new_training,
    picture_input,
    random_data,
    target_in_input,
    text_ids_input,
    text_input,
    tf_idf_input,
    train_params,
    value_target,
    weights,
    window_input,
    window_over,
    with_weights,
)

MLP = {"kind": "mlp", "units": [8], "dropout": 0.5}
ADAM = {"kind": "adam", "learning_rate": 0.03}
CLASSES = {"loss": "sparse_categorical_crossentropy", "output": "softmax", "metrics": ["accuracy"]}
ONE_HOT = CLASSES | {"loss": "categorical_crossentropy"}
RELATIVE = {"window_steps": [FittedRelativeToLast(), LinearScaling(name="standard", offset=[0.1], scale=[2.0])]}


@pytest.fixture
def stream(monkeypatch):
    """Streams all data, a chunk of two batches of four samples at a time."""
    for module in (compiled_epochs, streamed_epochs):
        monkeypatch.setattr(module, "VALIDATION_BATCH", 4)

    def switch_on():
        monkeypatch.setattr(data_size, "IN_MEMORY_BYTES", 0)
        monkeypatch.setattr(streamed_epochs, "SAMPLES_PER_CALL", 8)

    return switch_on


def trained(data, **settings):
    """The kept and the last weights, the history and the best epoch."""
    params = train_params(**{"model": MLP, "optimizer": ADAM, "epochs": 3} | settings)
    training = new_training(params, data)
    result = training.run(params.seed, params.epochs, "test")
    return type(training.epochs), (weights(training.model), result.history, result.best_epoch)


def mapped(data, folder):
    """The data as the stage reads them: memory-mapped."""
    write_processed(data, folder / "key")
    return read_processed(folder / "key")


VALUES = random_data({"x": input_spec(3)}, {"y": value_target()}, train=27, validation=9)
SERIES = random_data(
    {"x": window_input(4, "a", "b")}, {"y": target_in_input("x", "b")}, 21, 9, window=window_over(4, 2, 3)
)
PIXELS = random_data({"x": image_input([], 2, 2, 1)}, {"y": class_target("integer", 2)}, train=10)
SCALED = image_input([LinearScaling(name="divide", offset=[0.0], scale=[255.0])], 2, 2, 1)
IMAGES = replace(PIXELS, fitted=PIXELS.fitted.model_copy(update={"inputs": {"x": SCALED}}))
CASES: dict[str, tuple[ProcessedData, dict[str, Any]]] = {
    "values": (VALUES, {}),
    "fused": (VALUES, {"engine": "fused"}),
    "without validation": (
        random_data({"x": input_spec(3)}, {"y": value_target()}, 8, 0),
        {"monitor": "loss", "shuffle": False},
    ),
    "weights": (
        with_weights(random_data({"x": input_spec(3)}, {"y": class_target("one_hot", 3)}, 27, 9)),
        ONE_HOT | {"class_weight": "balanced"},
    ),
    "several": (
        random_data({"p": input_spec(3), "q": input_spec(2)}, {"y": value_target(), "z": class_target("integer", 3)}),
        {
            "model": {"kind": "branches", "inputs": {"p": {"kind": "mlp", "units": [2]}, "q": {"kind": "linear"}}},
            "loss": {"y": "huber", "z": CLASSES["loss"]},
            "output": {"y": "linear", "z": "softmax"},
            "metrics": {"z": ["accuracy"]},
            "class_weight": {"z": {"a": 2.0}},
            "monitor": "val_z_accuracy",
        },
    ),
    "series": (SERIES, {"model": {"kind": "lstm", "cells": [3]}}),
    "series fused": (SERIES, {"engine": "fused", "model": {"kind": "linear"}}),
    "all steps": (
        random_data(
            {"x": window_input(4, "a")},
            {"y": target_in_input("x", "a", step_count=2, window_steps=[FittedRelativeToLast()])},
            9,
            5,
            window=Window(length=4, horizon=2, steps="all"),
        ),
        {},
    ),
    "words": (random_data({"x": text_input(6)}, {"y": class_target("integer", 3)}, 21, 6), CLASSES),
    "weighted words": (random_data({"x": tf_idf_input(6)}, {"y": value_target()}, 21, 6), {}),
    "pictures": (random_data({"x": picture_input(2, 2, 1)}, {"y": value_target()}, 21, 6), {}),
    "pixels": (IMAGES, CLASSES),
    "word ids": (
        random_data({"x": text_ids_input(6, 4)}, {"y": value_target()}, 21, 6),
        {"model": {"kind": "embedding", "width": 2, "body": {"kind": "average"}}},
    ),
}


# Both engines, weights of samples, windows, and rows of different lengths.
IN_EVERY_RUN = {"series fused", "weights", "words"}


@pytest.mark.parametrize("case", [c if c in IN_EVERY_RUN else pytest.param(c, marks=pytest.mark.long) for c in CASES])
def test_streamed_samples_train_the_same_bits(case, stream, tmp_path):
    data, settings = CASES[case]
    if data.fitted.window is None:
        data = mapped(data, tmp_path)
    in_memory, expected = trained(data, **settings)
    stream()
    streamed, found = trained(data, **settings)
    assert (in_memory, streamed) == (CompiledEpochs, StreamedEpochs)
    assert found == expected


PARAMS = train_params(model=MLP, optimizer=ADAM, epochs=3, refit=True)


def stopped_and_refitted(data, folder):
    return [(weights(seed.model), seed.result) for seed in train_seeds(data, PARAMS, "test", folder)]


def test_a_killed_refit_resumes_to_the_bits_of_a_training_in_memory(stream, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "SAVE_INTERVAL", 0.0)
    expected = stopped_and_refitted(VALUES, tmp_path / "in_memory")
    stream()
    data = mapped(VALUES, tmp_path)
    with monkeypatch.context() as patched:
        # The search has three epochs and its end; then the refit is killed after its first epoch.
        interrupt_after(5, patched)
        with pytest.raises(Interrupted):
            stopped_and_refitted(data, tmp_path / "streamed")
    assert sorted(path.name for path in (tmp_path / "streamed").iterdir()) == ["0.refit.npz", "0.search.npz"]
    assert stopped_and_refitted(data, tmp_path / "streamed") == expected
