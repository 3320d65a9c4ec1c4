"""Keras models from their parameters: inputs, a body each, and a head for every target."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers

from stages.core.artefacts.processed import Fitted, InputSpec
from stages.core.errors import ErrorList, UserError, suggest
from stages.train.model.architectures import along, dense, stack, through
from stages.train.model.check_losses import losses, output_width
from stages.train.model.optimizers import optimizer
from stages.train.params import Branches, Cnn, Linear, Mlp, Rnn, Train, Transformer


def build(params: Train, fitted: Fitted) -> keras.Model:
    """Initial weights come from the seed alone."""
    # Layers inside a layer are named by how many there were before, and attention saves such names.
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(params.seed)
    _check_shapes(params, fitted)
    single = len(fitted.inputs) == len(fitted.targets) == 1 and not isinstance(params.model, Branches | Transformer)
    model = _sequential(params, fitted) if single else _functional(params, fitted)
    _compile(model, params, fitted)
    return model


def _compile(model: keras.Model, params: Train, fitted: Fitted) -> None:
    """A sequential model takes its loss and metrics bare, a functional one by the names of its outputs."""
    loss: Any = losses(params, fitted.targets)
    metrics: Any = {name: list(params.metrics) for name in loss}
    if isinstance(model, keras.Sequential):
        (loss,), (metrics,) = loss.values(), metrics.values()
    model.compile(optimizer=optimizer(params, fitted), loss=loss, metrics=metrics, jit_compile=False)
    model.optimizer.build(model.trainable_variables)


def _sequential(params: Train, fitted: Fitted) -> keras.Model:
    (name, spec), body = next(iter(fitted.inputs.items())), params.model
    assert not isinstance(body, Branches | Transformer)
    heads = _heads(params, fitted).values()
    line = [_entrance(name, spec), *stack(body, spec.shape, ""), *heads]
    return keras.Sequential(line, name="model")


def _functional(params: Train, fitted: Fitted) -> keras.Model:
    inputs = {name: _entrance(name, spec) for name, spec in fitted.inputs.items()}
    x = _joined(params, fitted, inputs)
    outputs = {name: head(x) for name, head in _heads(params, fitted).items()}
    return keras.Model(inputs, outputs, name="model")


def _entrance(name: str, spec: InputSpec) -> Any:
    """Words come as the few that occur; a row with all the others is taken as well."""
    return layers.Input(tuple(spec.shape), name=name, sparse=spec.multi_hot)


def _joined(params: Train, fitted: Fitted, inputs: Mapping[str, Any]) -> Any:
    if not isinstance(params.model, Branches):
        (name, x), body = next(iter(inputs.items())), params.model
        return through(body, fitted.inputs[name].shape, "", x)
    ends = [
        through(body, fitted.inputs[name].shape, f"{name}_", inputs[name]) for name, body in params.model.inputs.items()
    ]
    x = layers.Concatenate(name="joined")(ends) if len(ends) > 1 else ends[0]
    return along(dense(params.model.units, params.model.activation, 0.0, "shared_"), x)


def _heads(params: Train, fitted: Fitted) -> dict[str, Any]:
    """The last layer of each target carries the target's name, so that losses and metrics find it."""
    chosen = losses(params, fitted.targets)
    return {
        name: layers.Dense(output_width(target, chosen[name]), activation=params.output, name=name)
        for name, target in fitted.targets.items()
    }


def _check_shapes(params: Train, fitted: Fitted) -> None:
    errors = ErrorList()
    if isinstance(params.model, Branches):
        for name in params.model.inputs:
            errors.check(name in fitted.inputs, f"train.model.inputs: no {name!r}; {suggest(name, [*fitted.inputs])}")
        for name in fitted.inputs:
            errors.check(name in params.model.inputs, f"train.model.inputs: nothing for input {name!r}")
        errors.raise_if_any()
        pairs = [(fitted.inputs[n].shape, body) for n, body in params.model.inputs.items()]
    elif len(fitted.inputs) > 1:
        raise UserError(f"train.model: {len(fitted.inputs)} inputs ({', '.join(fitted.inputs)}) need kind: branches")
    else:
        pairs = [(next(iter(fitted.inputs.values())).shape, params.model)]
    for shape, body in pairs:
        _check_rank(body, shape, errors)
    errors.raise_if_any()


def _check_rank(body: Linear | Mlp | Cnn | Rnn | Transformer, shape: list[int], errors: ErrorList) -> None:
    if isinstance(body, Cnn):
        errors.check(len(shape) == 3, f"train.model: cnn takes pictures; this input has shape {shape}")
        if len(shape) == 3:
            layer = f"layers of kernel {body.kernel} ({body.padding}) and pool {body.pool}"
            way_out = "use fewer, a smaller kernel or pool, or padding: same"
            fault = f"train.model: {len(body.filters)} {layer} shrink {shape[:2]} to nothing; {way_out}"
            errors.check(_remaining(body, min(shape[:2])) > 0, fault)
    if isinstance(body, Rnn | Transformer):
        grey = isinstance(body, Rnn) and len(shape) == 3 and shape[2] == 1
        fault = f"train.model: {body.kind} takes steps of columns; this input has shape {shape}"
        errors.check(len(shape) == 2 or grey, fault)
    if isinstance(body, Transformer):
        fault = f"train.model: {body.heads} heads do not share a width of {body.width} evenly"
        errors.check(body.width % body.heads == 0, fault)


def _remaining(body: Cnn, side: int) -> int:
    """How many pixels are left of a side."""
    for _ in body.filters:
        lost = 0 if body.padding == "same" else body.convolutions * (body.kernel - 1)
        side = (side - lost) // body.pool
    return side
