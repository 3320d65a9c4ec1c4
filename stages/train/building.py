"""Keras models from their parameters. Everything is named, since automatic names depend on what ran before."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
from keras import layers

from stages.core.errors import Faults, Mistake, nearest
from stages.core.processed import Fitted
from stages.train.agreement import losses, output_width
from stages.train.params import Branches, Cnn, Linear, Mlp, Rnn, Train

RNN = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def build(params: Train, fitted: Fitted) -> keras.Model:
    """Initial weights come from the seed alone."""
    keras.utils.set_random_seed(params.seed)
    _check_shapes(params, fitted)
    single = len(fitted.inputs) == len(fitted.targets) == 1 and not isinstance(params.model, Branches)
    model = _sequential(params, fitted) if single else _functional(params, fitted)
    _compile(model, params, fitted)
    return model


def _compile(model: keras.Model, params: Train, fitted: Fitted) -> None:
    """A sequential model takes its loss and metrics bare, a functional one by the names of its outputs."""
    loss: Any = losses(params, fitted.targets)
    metrics: Any = {name: list(params.metrics) for name in loss}
    if isinstance(model, keras.Sequential):
        (loss,), (metrics,) = loss.values(), metrics.values()
    model.compile(optimizer=_optimizer(params), loss=loss, metrics=metrics, jit_compile=False)
    model.optimizer.build(model.trainable_variables)


def _optimizer(params: Train) -> keras.Optimizer:
    chosen = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
    settings = params.optimizer.model_dump(exclude={"kind"})
    return chosen[params.optimizer.kind](name=params.optimizer.kind, **settings)


def _sequential(params: Train, fitted: Fitted) -> keras.Model:
    (name, spec), body = next(iter(fitted.inputs.items())), params.model
    assert not isinstance(body, Branches)
    heads = _heads(params, fitted).values()
    stack = [layers.Input(tuple(spec.shape), name=name), *_body(body, spec.shape, ""), *heads]
    return keras.Sequential(stack, name="model")


def _functional(params: Train, fitted: Fitted) -> keras.Model:
    inputs = {name: layers.Input(tuple(spec.shape), name=name) for name, spec in fitted.inputs.items()}
    x = _joined(params, fitted, inputs)
    outputs = {name: head(x) for name, head in _heads(params, fitted).items()}
    return keras.Model(inputs, outputs, name="model")


def _joined(params: Train, fitted: Fitted, inputs: Mapping[str, Any]) -> Any:
    if not isinstance(params.model, Branches):
        (name, x), body = next(iter(inputs.items())), params.model
        return _through(_body(body, fitted.inputs[name].shape, ""), x)
    ends = [
        _through(_body(body, fitted.inputs[name].shape, f"{name}_"), inputs[name])
        for name, body in params.model.inputs.items()
    ]
    x = layers.Concatenate(name="joined")(ends) if len(ends) > 1 else ends[0]
    return _through(_dense(params.model.units, params.model.activation, 0.0, "shared_"), x)


def _through(stack: Iterator[Any], x: Any) -> Any:
    for layer in stack:
        x = layer(x)
    return x


def _heads(params: Train, fitted: Fitted) -> dict[str, Any]:
    """The last layer of each target carries the target's name, so that losses and metrics find it."""
    chosen = losses(params, fitted.targets)
    return {
        name: layers.Dense(output_width(target, chosen[name]), activation=params.output, name=name)
        for name, target in fitted.targets.items()
    }


def _body(body: Linear | Mlp | Cnn | Rnn, shape: list[int], prefix: str) -> Iterator[Any]:
    match body:
        case Linear():
            yield from _flat(shape, prefix)
        case Mlp():
            yield from _flat(shape, prefix)
            yield from _dense(body.units, body.activation, body.dropout, prefix)
        case Cnn():
            yield from _convolutions(body, prefix)
            yield layers.Flatten(name=f"{prefix}flatten")
            yield from _dense(body.units, body.activation, body.dropout, prefix)
        case Rnn():
            yield from _recurrent(body, prefix)
            yield from _dense(body.units, "relu", body.dropout, prefix)


def _flat(shape: list[int], prefix: str) -> Iterator[Any]:
    if len(shape) > 1:
        yield layers.Flatten(name=f"{prefix}flatten")


def _dense(units: list[int], activation: str, dropout: float, prefix: str) -> Iterator[Any]:
    for number, width in enumerate(units, 1):
        yield layers.Dense(width, activation=activation, name=f"{prefix}dense_{number}")
        if dropout:
            yield layers.Dropout(dropout, name=f"{prefix}dropout_{number}")


def _convolutions(body: Cnn, prefix: str) -> Iterator[Any]:
    for number, filters in enumerate(body.filters, 1):
        yield layers.Conv2D(
            filters, body.kernel, padding=body.padding, activation=body.activation, name=f"{prefix}conv_{number}"
        )
        if body.pool > 1:
            yield layers.MaxPooling2D(body.pool, name=f"{prefix}pool_{number}")


def _recurrent(body: Rnn, prefix: str) -> Iterator[Any]:
    """All but the last hand on every step."""
    for number, width in enumerate(body.cells, 1):
        yield RNN[body.kind](
            width,
            activation=body.activation,
            return_sequences=number < len(body.cells),
            name=f"{prefix}{body.kind}_{number}",
        )


def _check_shapes(params: Train, fitted: Fitted) -> None:
    faults = Faults()
    if isinstance(params.model, Branches):
        for name in params.model.inputs:
            faults.check(name in fitted.inputs, f"train.model.inputs: no {name!r}; {nearest(name, [*fitted.inputs])}")
        for name in fitted.inputs:
            faults.check(name in params.model.inputs, f"train.model.inputs: nothing for input {name!r}")
        faults.stop()
        pairs = [(fitted.inputs[n].shape, body) for n, body in params.model.inputs.items()]
    elif len(fitted.inputs) > 1:
        raise Mistake(f"train.model: {len(fitted.inputs)} inputs ({', '.join(fitted.inputs)}) need kind: branches")
    else:
        pairs = [(next(iter(fitted.inputs.values())).shape, params.model)]
    for shape, body in pairs:
        _check_rank(body, shape, faults)
    faults.stop()


def _check_rank(body: Linear | Mlp | Cnn | Rnn, shape: list[int], faults: Faults) -> None:
    if isinstance(body, Cnn):
        faults.check(len(shape) == 3, f"train.model: cnn takes pictures; this input has shape {shape}")
        if len(shape) == 3:
            layer = f"layers of kernel {body.kernel} ({body.padding}) and pool {body.pool}"
            way_out = "use fewer, a smaller kernel or pool, or padding: same"
            fault = f"train.model: {len(body.filters)} {layer} shrink {shape[:2]} to nothing; {way_out}"
            faults.check(_remaining(body, min(shape[:2])) > 0, fault)
    if isinstance(body, Rnn):
        faults.check(len(shape) == 2, f"train.model: {body.kind} takes steps of columns; this input has shape {shape}")


def _remaining(body: Cnn, side: int) -> int:
    """How many pixels are left of a side."""
    for _ in body.filters:
        side = (side if body.padding == "same" else side - body.kernel + 1) // body.pool
    return side
