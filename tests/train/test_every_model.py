"""What holds for every kind of model, in every engine that can train it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import pytest

from stages.core.artefacts.processed import InputSpec, ProcessedData, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.series.window_steps import FittedRelativeToLast
from stages.core.own_model.model_files import NO_MODEL_FILES, ModelFiles
from stages.train.loop import checkpoint, compiled_epochs
from stages.train.loop.checkpoint import TrainingCheckpoint
from stages.train.loop.compiled_epochs import CompiledEpochs
from stages.train.loop.sample_order import sample_order
from stages.train.model.build_model import build_model
from stages.train.model.save_model import save_archive
from tests.core.own_model.example_files import OWN, import_files
from tests.train.interruption import Interrupted, interrupt_after
from tests.train.small_data import (
    category_ids_input,
    class_target,
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
    with_weights,
)

STEPS, IMAGE = {"x": input_spec(4, 2)}, {"x": input_spec(4, 4, 3)}
WINDOWS = {"x": window_input(4, "a", "b", "c")}
ALL_STEPS = Window(length=4, stride=2, horizon=3, steps="all")
RELATIVE = [FittedRelativeToLast()]
CNN = {"kind": "cnn", "filters": [2], "batch_norm": True}
FULL_CNN = CNN | {
    "filters": [3, 4],
    "convolutions": 2,
    "block_dropout": 0.5,
    "augment": {"flip": True, "shift": 0.2, "rotate": 0.1},
    "average": True,
    "units": [4],
    "dropout": 0.5,
}
BRANCHES = {"kind": "branches", "inputs": {"p": {"kind": "gru", "cells": [2]}, "q": {"kind": "linear"}}, "units": [3]}
CLASSES = {"loss": "categorical_crossentropy", "output": "softmax", "metrics": ["accuracy"]}


@dataclass(frozen=True)
class Case:
    model: dict[str, Any]
    inputs: dict[str, InputSpec] = field(default_factory=lambda: {"x": input_spec(3)})
    targets: dict[str, TargetSpec] = field(default_factory=lambda: {"y": value_target()})
    optimizer: str = "adam"
    engines: tuple[str, ...] = ("plain",)
    # With a smaller last batch and a validation split, each of which is compiled too.
    all_batches: bool = False
    # Not with random layers, nor with several targets, of which fit averages the losses over batches, not samples.
    compare_with_fit: bool = True
    epochs: int = 2
    settings: dict[str, Any] = field(default_factory=dict)
    # Random weights of the rows.
    weights: bool = False
    window: Window | None = None


MESSAGE = {"message": text_ids_input(6, 5)}
EVERY_KIND = {
    "x": input_spec(3),
    "port": category_ids_input(4),
    "message": text_ids_input(6, 5),
    "words": tf_idf_input(7),
    "photo": picture_input(9, 8, 3),
}
WITH_PICTURE = {
    "kind": "branches",
    "inputs": {"x": {"kind": "linear"}, "photo": FULL_CNN, "port": {"kind": "embedding"}},
    "units": [3],
}


def embedding(**body: Any) -> dict[str, Any]:
    return {"kind": "embedding", "width": 4, "body": body}


BOTH = ("plain", "fused")
CASES = {
    "mlp": Case(
        {"kind": "mlp", "units": [4]},
        targets={"y": class_target("one_hot", 3)},
        engines=BOTH,
        all_batches=True,
        settings=CLASSES,
    ),
    "lstm": Case({"kind": "lstm", "cells": [3]}, STEPS, {"y": value_target("y", "z")}, "rmsprop", BOTH),
    "gru": Case({"kind": "gru", "cells": [3, 2]}, STEPS, engines=BOTH),
    "simple_rnn": Case({"kind": "simple_rnn", "cells": [3]}, STEPS, optimizer="sgd", engines=BOTH),
    "transformer": Case(
        {"kind": "transformer", "width": 4, "feed_forward": 6, "units": [3]}, STEPS, optimizer="sgd", engines=BOTH
    ),
    "nlinear": Case(
        {"kind": "nlinear"}, WINDOWS, {"y": target_in_input("x", "b", "c")}, engines=BOTH, all_batches=True
    ),
    "dlinear": Case({"kind": "dlinear", "average": 3}, WINDOWS, {"y": value_target("y", "z")}, engines=BOTH),
    "nlinear and dlinear as branches": Case(
        {"kind": "branches", "inputs": {"x": {"kind": "nlinear"}, "w": {"kind": "dlinear"}}},
        WINDOWS | {"w": window_input(3, "d")},
        {"y": target_in_input("x", "c"), "z": value_target("e")},
        engines=BOTH,
        compare_with_fit=False,
    ),
    "quantiles": Case(
        {"kind": "nlinear"},
        WINDOWS,
        {"y": target_in_input("x", "b", "c")},
        engines=BOTH,
        all_batches=True,
        settings={"loss": "pinball", "quantiles": [0.1, 0.5, 0.9], "metrics": ["mean_absolute_error"]},
    ),
    "quantiles of a sequential model": Case(
        {"kind": "mlp", "units": [3]},
        engines=BOTH,
        settings={"loss": "pinball", "quantiles": [0.5, 0.8]},
        weights=True,
        compare_with_fit=False,
    ),
    "nlinear of all steps ahead": Case(
        {"kind": "nlinear"},
        WINDOWS,
        {"y": target_in_input("x", "b", "c", step_count=3)},
        engines=BOTH,
        all_batches=True,
        settings={"loss": "pinball", "quantiles": [0.2, 0.5]},
        window=ALL_STEPS,
    ),
    "dlinear of all steps ahead": Case(
        {"kind": "dlinear"}, WINDOWS, {"y": target_in_input("x", "a", step_count=3)}, engines=BOTH, window=ALL_STEPS
    ),
    "a recurrent model of relative windows": Case(
        {"kind": "gru", "cells": [3]},
        {"x": window_input(4, "a", "b", window_steps=RELATIVE)},
        {"y": target_in_input("x", "b", step_count=3, window_steps=RELATIVE)},
        engines=BOTH,
        window=ALL_STEPS,
    ),
    "cnn": Case({"kind": "cnn", "filters": [2]}, IMAGE),
    "batch normalization": Case(CNN, IMAGE, all_batches=True),
    "dropout": Case(
        {"kind": "mlp", "units": [6, 6], "dropout": 0.5},
        engines=BOTH,
        all_batches=True,
        compare_with_fit=False,
        epochs=5,
        settings={"keep": "best", "early_stopping": {"patience": 2}},
    ),
    "augmentation": Case(FULL_CNN, {"x": input_spec(8, 8, 3)}, compare_with_fit=False),
    "branches": Case(
        BRANCHES,
        {"p": input_spec(3, 1), "q": input_spec(2)},
        {"y": value_target(), "z": value_target("a", "b")},
        compare_with_fit=False,
    ),
    "average of words": Case(embedding(kind="average"), MESSAGE, engines=BOTH, all_batches=True),
    "convolutions of words": Case(embedding(kind="conv1d", filters=[3], kernel=2), MESSAGE),
    "lstm of words": Case(embedding(kind="lstm", cells=[3]), MESSAGE, optimizer="rmsprop", engines=BOTH),
    "gru of words": Case(embedding(kind="gru", cells=[3, 2]), MESSAGE, optimizer="sgd", engines=BOTH),
    "transformer of words": Case(embedding(kind="transformer", feed_forward=5), MESSAGE, optimizer="sgd", engines=BOTH),
    "embedding of categories": Case({"kind": "mlp", "units": [3]}, {"port": category_ids_input(4)}, engines=BOTH),
    "gru of the categories of a window": Case(
        embedding(kind="gru", cells=[3]), {"port": category_ids_input(4, steps=3)}, engines=BOTH
    ),
    # Adam would enlarge the rounding errors of small gradients.
    "inputs of every kind": Case({"kind": "mlp", "units": [4]}, EVERY_KIND, optimizer="sgd", all_batches=True),
    "picture in a branch": Case(
        WITH_PICTURE,
        {"x": input_spec(3), "photo": picture_input(8, 8, 3), "port": category_ids_input(4)},
        compare_with_fit=False,
    ),
    "pixels of a picture": Case({"kind": "linear"}, {"photo": picture_input(3, 2, 1)}, optimizer="sgd", engines=BOTH),
    "picture alone": Case({"kind": "mlp", "units": [3]}, {"photo": picture_input(4, 4, 1)}, all_batches=True),
    "two sparse inputs": Case(
        {"kind": "mlp", "units": [4]}, {"words": tf_idf_input(7), "more": text_input(5)}, all_batches=True
    ),
    "tf-idf": Case({"kind": "mlp", "units": [3]}, {"words": tf_idf_input(7)}, all_batches=True),
    "batch normalization of dense layers": Case(
        {"kind": "mlp", "units": [4], "norm": "batch"}, engines=BOTH, all_batches=True
    ),
    "options of dense layers": Case(
        {"kind": "mlp", "units": [3, 4], "norm": "layer", "residual": True, "regularizer": {"l1": 0.01, "l2": 0.1}},
        targets={"y": class_target("one_hot", 3)},
        engines=BOTH,
        settings=CLASSES
        | {
            "label_smoothing": 0.2,
            "optimizer": {"kind": "adamw", "weight_decay": 0.1, "clip_norm": 0.1, "learning_rate": 0.03},
        },
    ),
    "plateau": Case(
        {"kind": "mlp", "units": [4], "dropout": 0.5},
        engines=BOTH,
        compare_with_fit=False,
        epochs=8,
        settings={
            "optimizer": {"kind": "sgd", "schedule": {"kind": "plateau", "factor": 0.5, "patience": 1, "cooldown": 1}}
        },
    ),
    "conv1d": Case({"kind": "conv1d", "filters": [2, 3], "padding": "causal", "residual": True}, STEPS),
    "residual blocks": Case(
        CNN | {"filters": [3, 4], "convolutions": 2, "residual": True, "regularizer": {"l2": 0.1}},
        IMAGE,
        optimizer="sgd",
    ),
    "own": Case(OWN, {"p": input_spec(3), "q": input_spec(2)}, engines=BOTH, all_batches=True),
    "own with dropout": Case(
        OWN | {"arguments": {"dropout": 0.5}},
        engines=BOTH,
        compare_with_fit=False,
        settings={"loss": "mine.py:absolute_error", "metrics": ["mine.py:Count"]},
    ),
    # tests/train/test_weighted_training.py compares them with fit.
    "a class and a value, with weights": Case(
        {"kind": "mlp", "units": [4]},
        targets={"y": class_target("one_hot", 3), "z": value_target()},
        engines=BOTH,
        all_batches=True,
        compare_with_fit=False,
        settings={
            "output": {"y": "softmax", "z": "linear"},
            "loss": {"y": "categorical_crossentropy", "z": "huber"},
            "loss_weights": {"z": 0.5},
            "metrics": {"y": ["accuracy"]},
            "class_weight": "balanced",
        },
        weights=True,
    ),
}


# A case takes five to fifteen seconds. The parts of the others are in these.
IN_EVERY_RUN = {
    "mlp", "transformer", "dlinear", "quantiles", "batch normalization", "augmentation", "branches",
    "inputs of every kind", "conv1d",
}  # fmt: skip
FUSED_IN_EVERY_RUN = {"lstm", "own"}


def cases() -> Iterator[Any]:
    for name, case in CASES.items():
        for engine in case.engines:
            is_long = name not in (FUSED_IN_EVERY_RUN if engine == "fused" else IN_EVERY_RUN)
            yield pytest.param(name, engine, marks=[pytest.mark.long] if is_long else [])


@pytest.mark.parametrize(("name", "engine"), list(cases()))
def test_every_model(name, engine, tmp_path, monkeypatch):
    case = CASES[name]
    rows = {"train": 11, "validation": 4} if case.all_batches else {"train": 8, "validation": 0}
    data = random_data(case.inputs, case.targets, **rows, window=case.window)
    data = with_weights(data) if case.weights else data
    settings = {
        "model": case.model,
        "optimizer": {"kind": case.optimizer, "learning_rate": 0.03},
        "epochs": case.epochs,
        "engine": engine,
        "keep": "last",
        "monitor": "val_loss" if case.all_batches else "loss",
    }
    params = train_params(**settings | case.settings)
    files = import_files(tmp_path) if params.own_functions else NO_MODEL_FILES
    training = new_training(params, data, files)
    result = training.run(0, case.epochs, "test")
    trained = weights(training.model)
    assert all(np.isfinite(value) for metrics in result.history for value in metrics.values())

    check_resumed_training_is_the_same_bits(training, files, params, data, (result, trained), tmp_path, monkeypatch)
    check_saved_model_predicts_the_same(training.model, data, tmp_path)
    if case.compare_with_fit:
        check_epochs_are_those_of_keras_fit(training.model, files, params, data, result.history)


def check_resumed_training_is_the_same_bits(training, files: ModelFiles, params, data, expected, tmp_path, monkeypatch):
    """Interrupted after the first, a middle and the last epoch, and resumed by another training object."""
    monkeypatch.setattr(checkpoint, "SAVE_INTERVAL", 0.0)
    monkeypatch.setattr(compiled_epochs, "SAMPLES_PER_CALL", 1)
    interrupted = new_training(params, data, files)
    assert isinstance(interrupted.epochs, CompiledEpochs)
    assert interrupted.epochs.epochs_per_call == 1
    result, trained = expected
    # The last save follows that of the last epoch.
    for saves in sorted({1, (len(result.history) + 1) // 2, len(result.history) + 1}):
        saved = TrainingCheckpoint(tmp_path / f"{saves}.npz")
        with monkeypatch.context() as patched:
            interrupt_after(saves, patched)
            with pytest.raises(Interrupted):
                interrupted.run(0, params.epochs, "test", saved)
        assert training.run(0, params.epochs, "test", saved) == result
        assert weights(training.model) == trained
    assert saved_bytes(training.model, tmp_path / "resumed") == saved_bytes(interrupted.model, tmp_path / "whole")


def saved_bytes(model, folder):
    save_archive(model, folder / "model.keras")
    return (folder / "model.keras").read_bytes()


def check_saved_model_predicts_the_same(model, data, tmp_path):
    loaded = keras.saving.load_model(tmp_path / "resumed/model.keras", compile=False, safe_mode=True)
    x = as_keras_takes_it(model, data.inputs("train"))
    for own, saved in zip(*(keras.tree.flatten(m(x, training=False)) for m in (model, loaded)), strict=True):
        np.testing.assert_array_equal(own, saved)


def check_epochs_are_those_of_keras_fit(model, files, params, data: ProcessedData, history):
    theirs = build_model(params, data.fitted, files)
    # A compilation takes longer than these few batches.
    theirs.run_eagerly = True
    validation_data = None
    if data.has_split("validation"):
        validation_data = tuple(
            as_keras_takes_it(theirs, arrays("validation")) for arrays in (data.inputs, data.targets)
        )
    for epoch, metrics in enumerate(history, 1):
        order = sample_order(0, epoch, data.sample_count("train"), shuffle=True)
        x, y = (
            as_keras_takes_it(theirs, {name: array[order] for name, array in arrays("train").items()})
            for arrays in (data.inputs, data.targets)
        )
        fit = theirs.fit(x, y, batch_size=4, shuffle=False, validation_data=validation_data, verbose=0).history
        assert {name: [pytest.approx(value, rel=1e-4)] for name, value in metrics.items()} == fit
    for ours, by_fit in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(ours, by_fit, rtol=1e-4, atol=1e-6)


def as_keras_takes_it(model, by_name):
    return next(iter(by_name.values())) if isinstance(model, keras.Sequential) else by_name
