"""Models, losses and metrics of the user's own, from files of conf/models."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common.global_state import get_global_attribute

from stages.core import paths
from stages.core.artefacts.model_file import check_model_file
from stages.core.artefacts.processed import Fitted
from stages.core.columns.registry import Column
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.errors import ErrorList, UserError
from stages.core.own_model.code_errors import MAX_ERROR_LENGTH, explain_code_errors
from stages.core.own_model.model_files import ModelFiles
from stages.train.model.output_layers import units_by_target
from stages.train.model.save_model import renumber_shared_objects, save_archive
from stages.train.params import Train
from stages.train.params.model_params import Own
from stages.train.params.own_function_names import metric_name

Tensors = dict[str, Any]


@dataclass(frozen=True)
class ModelInput:
    """One input, as `build` gets it. `tensor` is its Keras Input, and `shape` that of one sample.

    `kind` is the kind of its column in fitted.json. `ids` is the number of different ids, of categories and words.
    """

    tensor: Any
    kind: str
    columns: list[str]
    shape: tuple[int, ...]
    ids: int | None = None


@dataclass(frozen=True)
class ModelOutput:
    """What the model has to predict, as `build` gets it: a layer with these units and this activation.

    `classes` is nothing for numbers.
    """

    units: int
    activation: str
    columns: list[str]
    classes: list[str] | None


def build_own_model(params: Train, own: Own, fitted: Fitted, inputs: Tensors, files: ModelFiles) -> keras.Model:
    """Call the function `build` and check what it returns."""
    where = function_place(own.build)
    activations = params.outputs(fitted.targets)
    units = units_by_target(params, fitted)
    outputs = {
        name: ModelOutput(units[name], activations[name], target.columns, target.classes)
        for name, target in fitted.targets.items()
    }
    described = {
        name: ModelInput(inputs[name], spec.column.kind, spec.columns, tuple(spec.shape), _id_count(spec.column))
        for name, spec in fitted.inputs.items()
    }
    with explain_code_errors(where, Exception):
        model = files.function(own.build)(described, outputs, **own.arguments)
        if not isinstance(model, keras.Model):
            raise UserError(f"{where}: should return a keras.Model; received {type(model).__name__}")
        return _with_named_tensors(model, where, inputs, outputs)


def _id_count(column: Column) -> int | None:
    return column.vocabulary_size if isinstance(column, TokenIds) else column.id_count


def function_place(function: str) -> str:
    """
    >>> function_place("mine.py:build")
    'conf/models/mine.py: build'
    """
    file, _, name = function.partition(":")
    return f"{paths.MODEL_FILES / file}: {name}"


def _with_named_tensors(
    model: keras.Model, where: str, inputs: Tensors, outputs: Mapping[str, ModelOutput]
) -> keras.Model:
    """The same layers as a model that takes and returns tensors by name."""
    if not getattr(model, "inputs", None):
        raise UserError(f"{where}: the model has no inputs; make it of layers, as in keras.Model(inputs, outputs)")
    taken = {tensor.name: tensor for tensor in model.inputs}
    if sorted(taken) != sorted(inputs):
        raise UserError(f"{where}: the model takes the inputs {_listed(taken)}; it should take {_listed(inputs)}")
    given = _output_tensors(model, outputs)
    _check_outputs(given, where, outputs)
    if type(model).__name__ not in ("Functional", "Sequential"):
        # A class of one's own, with its own training step, say, cannot be made again from other tensors.
        if not (isinstance(model.input, dict) and isinstance(model.output, dict)):
            raise UserError(f"{where}: a subclass of keras.Model should have dictionaries of inputs and outputs")
        return model
    named = {
        name: tensor if _layer_name(tensor) == name else keras.layers.Identity(name=name)(tensor)
        for name, tensor in ((name, given[name]) for name in outputs)
    }
    return keras.Model({name: taken[name] for name in inputs}, named, name="model")


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(names))


def _layer_name(tensor: Any) -> str:
    return str(tensor._keras_history.operation.name)


def _output_tensors(model: keras.Model, outputs: Mapping[str, ModelOutput]) -> Tensors:
    """By the names in a dictionary or those of the layers; a single one needs no name."""
    if not isinstance(model, keras.Sequential) and isinstance(model.output, dict):
        return dict(model.output)
    if len(model.outputs) == len(outputs) == 1:
        return dict(zip(outputs, model.outputs, strict=True))
    return {_layer_name(tensor): tensor for tensor in model.outputs}


def _check_outputs(given: Tensors, where: str, outputs: Mapping[str, ModelOutput]) -> None:
    if sorted(given) != sorted(outputs):
        raise UserError(f"{where}: the model has the outputs {_listed(given)}; it should have {_listed(outputs)}")
    errors = ErrorList()
    for name, output in outputs.items():
        shape, needed = tuple(given[name].shape), (None, output.units)
        errors.check(shape == needed, f"{where}: output {name} has the shape {shape}; it should have {needed}")
    errors.raise_if_any()


def check_own_model(model: keras.Model, rebuilt: keras.Model, own: Own, files: ModelFiles) -> None:
    """Check before the training what would fail after it. `rebuilt` is the model that a second call with the same
    seed returned."""
    where = function_place(own.build)
    if not model.trainable_weights:
        raise UserError(f"{where}: the model has no weights to train")
    _check_repeatable(model, rebuilt, where)
    with explain_code_errors(where, Exception):
        _check_random_layers(model, where)
        _check_saved_model(model, where, files)


def _check_repeatable(model: keras.Model, rebuilt: keras.Model, where: str) -> None:
    configs = [json.dumps(renumber_shared_objects(json.loads(each.to_json()))) for each in (model, rebuilt)]
    weights = [[weight.tobytes() for weight in each.get_weights()] for each in (model, rebuilt)]
    if configs[0] != configs[1] or weights[0] != weights[1]:
        raise UserError(
            f"{where}: two calls with the same seed returned different layers or initial weights; take random numbers "
            "from Keras' initializers, and create all layers inside the function"
        )


def _check_random_layers(model: keras.Model, where: str) -> None:
    """The state of a seed generator is part of a checkpoint; Keras' global one is not."""
    batch = {name: np.zeros((1, *tensor.shape[1:]), np.float32) for name, tensor in model.input.items()}
    model(batch, training=True)
    if get_global_attribute("global_seed_generator") is not None:
        raise UserError(
            f"{where}: a layer draws random numbers without a seed generator, so that a resumed training would differ; "
            "create keras.random.SeedGenerator() in the layer and draw with seed=self.seed_generator"
        )


def _check_saved_model(model: keras.Model, where: str, files: ModelFiles) -> None:
    """The saved model can be opened in safe mode, and has the same weights."""
    registered = files.registered_names(keras.saving.get_custom_objects())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        save_archive(model, path)
        try:
            check_model_file(path, registered)
            opened = keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # noqa: BLE001 - Keras raises any exception
            # Keras puts the whole config before the reason.
            reason = shorten(str(error).rpartition("Exception encountered: ")[2], MAX_ERROR_LENGTH, placeholder=" ...")
            raise UserError(
                f"{where}: the saved model could not be opened: {reason}; register each class and function of your own "
                "with @keras.saving.register_keras_serializable(), and give a class with arguments a get_config"
            ) from None
    pairs = zip(model.get_weights(), opened.get_weights(), strict=False)
    if len(model.weights) != len(opened.weights) or any(a.tobytes() != b.tobytes() for a, b in pairs):
        raise UserError(f"{where}: the saved model has other weights when it is opened; create them in `build`")


def own_metric(metric: str, files: ModelFiles) -> Any:
    """Return a new metric of a function of true and predicted values, or a class derived from keras.metrics.Metric."""
    function, name = files.function(metric), metric_name(metric)
    with explain_code_errors(function_place(metric), Exception):
        if isinstance(function, type):
            return function(name=name)
        return keras.metrics.MeanMetricWrapper(function, name=name)


@contextmanager
def explain_training_errors(files: ModelFiles, params: Train) -> Iterator[None]:
    """Report an exception of the user's own code, also one that TensorFlow raises while it trains their model."""
    if not files.modules:
        yield
        return
    used = ", ".join(str(paths.MODEL_FILES / name) for name in files.modules)
    advice = "; if it cannot be compiled by XLA, use train.engine: plain" if params.engine == "fused" else ""
    with explain_code_errors(f"training with {used}{advice}", tf.errors.OpError):
        yield
