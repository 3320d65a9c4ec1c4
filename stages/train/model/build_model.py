"""Builds a Keras model from its parameters: inputs, hidden layers, and a head (output layer) for every target."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers

from stages.core.artefacts.processed import Fitted, InputSpec
from stages.train.model.architectures import apply_hidden_layers, apply_layers, dense_layers, sequential_layers
from stages.train.model.losses import output_units
from stages.train.model.optimizers import build_optimizer
from stages.train.params import Branches, Loss, SequentialLayers, Train, Transformer


def build_model(params: Train, fitted: Fitted, losses: Mapping[str, Loss]) -> keras.Model:
    """Return a compiled model whose initial weights depend on the parameters alone."""
    # Layers inside a layer are named by how many were built before, and attention layers save such names.
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(params.seed)
    single = len(fitted.inputs) == len(fitted.targets) == 1
    if single and not isinstance(params.model, Branches | Transformer):
        model = _sequential_model(params, params.model, fitted, losses)
    else:
        model = _functional_model(params, fitted, losses)
    _compile(model, params, fitted, losses)
    return model


def _sequential_model(
    params: Train, hidden: SequentialLayers, fitted: Fitted, losses: Mapping[str, Loss]
) -> keras.Model:
    ((name, spec),) = fitted.inputs.items()
    # The head is created first: initial weights depend on the order of creation.
    heads = _heads(params, fitted, losses).values()
    sequence = [_input_layer(name, spec), *sequential_layers(hidden, spec.shape, ""), *heads]
    return keras.Sequential(sequence, name="model")


def _functional_model(params: Train, fitted: Fitted, losses: Mapping[str, Loss]) -> keras.Model:
    inputs = {name: _input_layer(name, spec) for name, spec in fitted.inputs.items()}
    x = _apply_to_inputs(params, fitted, inputs)
    outputs = {name: head(x) for name, head in _heads(params, fitted, losses).items()}
    return keras.Model(inputs, outputs, name="model")


def _input_layer(name: str, spec: InputSpec) -> Any:
    """Multi-hot rows are sparse in training; a sparse input takes dense rows as well."""
    return layers.Input(tuple(spec.shape), name=name, sparse=spec.multi_hot)


def _apply_to_inputs(params: Train, fitted: Fitted, inputs: Mapping[str, Any]) -> Any:
    model = params.model
    if not isinstance(model, Branches):
        ((name, x),) = inputs.items()
        return apply_hidden_layers(model, fitted.inputs[name].shape, "", x)
    branches = [
        apply_hidden_layers(hidden, fitted.inputs[name].shape, f"{name}_", inputs[name])
        for name, hidden in model.inputs.items()
    ]
    x = layers.Concatenate(name="joined")(branches) if len(branches) > 1 else branches[0]
    return apply_layers(dense_layers(model.units, model.activation, 0.0, "shared_"), x)


def _heads(params: Train, fitted: Fitted, losses: Mapping[str, Loss]) -> dict[str, Any]:
    """A head has the name of its target, by which Keras assigns losses and metrics."""
    return {
        name: layers.Dense(output_units(target, losses[name]), activation=params.output, name=name)
        for name, target in fitted.targets.items()
    }


def _compile(model: keras.Model, params: Train, fitted: Fitted, losses: Mapping[str, Loss]) -> None:
    """A functional model takes losses and metrics by the names of its outputs, a sequential one without names."""
    loss: Any = dict(losses)
    metrics: Any = {name: list(params.metrics) for name in losses}
    if isinstance(model, keras.Sequential):
        (loss,), (metrics,) = loss.values(), metrics.values()
    model.compile(optimizer=build_optimizer(params, fitted), loss=loss, metrics=metrics, jit_compile=False)
    model.optimizer.build(model.trainable_variables)
