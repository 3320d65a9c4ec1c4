"""Builds a Keras model: inputs, hidden layers, a head (output layer) for every target, and the optimizer."""

from typing import Any

import keras
from keras import layers
from keras.optimizers import schedules

from stages.core.artefacts.processed import TRAIN, Fitted, InputSpec
from stages.core.own_model.model_files import NO_MODEL_FILES, ModelFiles
from stages.train.model.architectures import apply_hidden_layers, apply_layers, is_sequential, sequential_layers
from stages.train.model.layers.dense_layers import dense_layers
from stages.train.model.layers.embeddings import apply_embedding
from stages.train.model.layers.picture_layers import picture_layers
from stages.train.model.layers.several_inputs import apply_to_all_inputs
from stages.train.model.losses_and_metrics import keras_losses, keras_metrics
from stages.train.model.output_layers import apply_output_layers, output_layers
from stages.train.model.own_model import build_own_model
from stages.train.params import Train
from stages.train.params.embedding_params import Embedding
from stages.train.params.layer_params import Linear, Mlp
from stages.train.params.model_params import Branches, HiddenLayers, Own
from stages.train.params.optimizer_params import Cosine, Exponential, StepDecay

OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "rmsprop": keras.optimizers.RMSprop,
}


def build_model(params: Train, fitted: Fitted, model_files: ModelFiles = NO_MODEL_FILES) -> keras.Model:
    """Return a compiled model whose initial weights depend on the parameters and the user's own files alone."""
    # Layers inside a layer are named by how many were built before, and attention layers save such names.
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(params.seed)
    # Multi-hot rows are sparse in training; a sparse input takes dense rows as well.
    inputs = {
        name: layers.Input(
            tuple(spec.shape), name=name, sparse=spec.sparse, dtype="int32" if spec.id_count else "float32"
        )
        for name, spec in fitted.inputs.items()
    }
    model = _build_layers(params, fitted, inputs, model_files)
    loss: Any = keras_losses(params, fitted.targets, model_files)
    metrics: Any = keras_metrics(params, fitted.targets, model_files)
    loss_weights: Any = {name: params.loss_weights.get(name, 1.0) for name in fitted.targets}
    if isinstance(model, keras.Sequential):
        # A functional model takes losses and metrics by the names of its outputs, a sequential one without names.
        (loss,), (metrics,) = loss.values(), metrics.values()
    model.compile(
        optimizer=build_optimizer(params, fitted),
        loss=loss,
        loss_weights=loss_weights if params.loss_weights else None,
        metrics=metrics,
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    return model


def _build_layers(params: Train, fitted: Fitted, inputs: dict[str, Any], model_files: ModelFiles) -> keras.Model:
    hidden = params.model
    if isinstance(hidden, Own):
        return build_own_model(params, hidden, fitted, inputs, model_files)
    has_own_layers = any(spec.id_count or picture_layers(hidden, spec) for spec in fitted.inputs.values())
    if len(fitted.inputs) == len(fitted.targets) == 1 and not has_own_layers and is_sequential(hidden):
        # The head is created first: initial weights depend on the order of creation.
        heads = output_layers(params, fitted).values()
        ((name, spec),) = fitted.inputs.items()
        return keras.Sequential([inputs[name], *sequential_layers(hidden, spec.shape, ""), *heads], name="model")
    x = _apply_to_inputs(params, fitted, inputs)
    return keras.Model(inputs, apply_output_layers(params, fitted, inputs, x), name="model")


def _apply_to_inputs(params: Train, fitted: Fitted, inputs: dict[str, Any]) -> Any:
    model = params.model
    assert not isinstance(model, Own)
    if isinstance(model, Linear | Mlp):
        return apply_to_all_inputs(model, fitted.inputs, inputs)
    if not isinstance(model, Branches):
        ((name, x),) = inputs.items()
        return _apply_to_input(model, fitted.inputs[name], "", x)
    branches = [
        _apply_to_input(hidden, fitted.inputs[name], f"{name}_", inputs[name]) for name, hidden in model.inputs.items()
    ]
    x = layers.Concatenate(name="joined")(branches) if len(branches) > 1 else branches[0]
    return apply_layers(dense_layers(model.units, model.activation, 0.0, "shared_"), x)


def _apply_to_input(hidden: HiddenLayers, spec: InputSpec, prefix: str, x: Any) -> Any:
    if isinstance(hidden, Embedding):
        return apply_embedding(hidden, spec, prefix, x)
    return apply_hidden_layers(hidden, spec.shape, prefix, x)


def build_optimizer(params: Train, fitted: Fitted) -> keras.Optimizer:
    settings: dict[str, Any] = params.optimizer.model_dump(exclude={"kind", "schedule", "clip_norm"})
    if params.optimizer.clip_norm is not None:
        settings["global_clipnorm"] = params.optimizer.clip_norm
    if isinstance(params.optimizer.schedule, Cosine | Exponential | StepDecay):
        settings["learning_rate"] = _schedule(params, params.batches_per_epoch(fitted.splits[TRAIN]))
    return OPTIMIZERS[params.optimizer.kind](name=params.optimizer.kind, **settings)


def _schedule(params: Train, batches_per_epoch: int) -> Any:
    """A schedule of Keras counts batches; the parameters count epochs."""
    rate = params.optimizer.learning_rate
    match params.optimizer.schedule:
        case Cosine(warm_up=warm_up):
            batches = max(1, params.epochs - warm_up) * batches_per_epoch
            warmup = {"warmup_target": rate, "warmup_steps": warm_up * batches_per_epoch} if warm_up else {}
            return schedules.CosineDecay(0.0 if warm_up else rate, batches, name="cosine", **warmup)
        case Exponential(rate=factor):
            return schedules.ExponentialDecay(rate, batches_per_epoch, factor, staircase=True, name="exponential")
        case StepDecay(after=after, factor=factor):
            # Keras' boundaries are the last batches that still have the previous rate.
            boundaries = [epoch * batches_per_epoch - 1 for epoch in after]
            rates = [rate * factor**number for number in range(len(after) + 1)]
            return schedules.PiecewiseConstantDecay(boundaries, rates, name="steps")
