"""The layers of each kind of model. Everything is named, since automatic names depend on what ran before."""

from collections.abc import Iterator
from typing import Any

from keras import layers

from stages.train.params import Augment, Cnn, Linear, Mlp, Rnn, Transformer

RNN = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def through(body: Linear | Mlp | Cnn | Rnn | Transformer, shape: list[int], prefix: str, x: Any) -> Any:
    """The input's tensor led through a body, for models with branches or ways round."""
    if isinstance(body, Transformer):
        return _transformer(body, shape, prefix, x)
    return along(stack(body, shape, prefix), x)


def along(line: Iterator[Any], x: Any) -> Any:
    for layer in line:
        x = layer(x)
    return x


def stack(body: Linear | Mlp | Cnn | Rnn, shape: list[int], prefix: str) -> Iterator[Any]:
    match body:
        case Linear():
            yield from _flat(shape, prefix)
        case Mlp():
            yield from _flat(shape, prefix)
            yield from dense(body.units, body.activation, body.dropout, prefix)
        case Cnn():
            yield from _convolutions(body, prefix)
            yield from dense(body.units, body.activation, body.dropout, prefix)
        case Rnn():
            yield from _recurrent(body, shape, prefix)
            yield from dense(body.units, "relu", body.dropout, prefix)


def dense(units: list[int], activation: str, dropout: float, prefix: str) -> Iterator[Any]:
    for number, width in enumerate(units, 1):
        yield layers.Dense(width, activation=activation, name=f"{prefix}dense_{number}")
        if dropout:
            yield layers.Dropout(dropout, name=f"{prefix}dropout_{number}")


def _flat(shape: list[int], prefix: str) -> Iterator[Any]:
    if len(shape) > 1:
        yield layers.Flatten(name=f"{prefix}flatten")


def _convolutions(body: Cnn, prefix: str) -> Iterator[Any]:
    yield from _augmented(body.augment, prefix) if body.augment else ()
    for block, filters in enumerate(body.filters, 1):
        for number in range(1, body.convolutions + 1):
            place = f"{block}" if body.convolutions == 1 else f"{block}_{number}"
            yield from _convolution(body, filters, f"{prefix}%s_{place}")
        if body.pool > 1:
            yield layers.MaxPooling2D(body.pool, name=f"{prefix}pool_{block}")
        if body.block_dropout:
            yield layers.Dropout(body.block_dropout, name=f"{prefix}block_dropout_{block}")
    if body.average:
        yield layers.GlobalAveragePooling2D(name=f"{prefix}average")
    else:
        yield layers.Flatten(name=f"{prefix}flatten")


def _convolution(body: Cnn, filters: int, name: str) -> Iterator[Any]:
    """With batch normalisation between the convolution and its activation."""
    shape = {"kernel_size": body.kernel, "padding": body.padding}
    if not body.batch_norm:
        yield layers.Conv2D(filters, activation=body.activation, name=name % "conv", **shape)
        return
    yield layers.Conv2D(filters, use_bias=False, name=name % "conv", **shape)
    yield layers.BatchNormalization(name=name % "norm")
    yield layers.Activation(body.activation, name=name % "activation")


def _augmented(augment: Augment, prefix: str) -> Iterator[Any]:
    if augment.flip:
        yield layers.RandomFlip("horizontal", name=f"{prefix}flip")
    if augment.shift:
        yield layers.RandomTranslation(augment.shift, augment.shift, fill_mode="constant", name=f"{prefix}shift")
    if augment.rotate:
        yield layers.RandomRotation(augment.rotate, fill_mode="constant", name=f"{prefix}rotate")


def _recurrent(body: Rnn, shape: list[int], prefix: str) -> Iterator[Any]:
    """All but the last hand on every step."""
    if len(shape) == 3:
        yield layers.Reshape((shape[0], shape[1]), name=f"{prefix}rows")
    for number, width in enumerate(body.cells, 1):
        yield RNN[body.kind](
            width,
            activation=body.activation,
            return_sequences=number < len(body.cells),
            name=f"{prefix}{body.kind}_{number}",
        )


def _transformer(body: Transformer, shape: list[int], prefix: str, x: Any) -> Any:
    """A bias for every step tells the steps apart: it is the learned position."""
    steps = layers.EinsumDense("bsd,de->bse", (shape[0], body.width), bias_axes="se", name=f"{prefix}steps")
    x = steps(x)
    for block in range(1, body.blocks + 1):
        x = _encoder(body, f"{prefix}%s_{block}", x)
    x = layers.GlobalAveragePooling1D(name=f"{prefix}average")(x)
    return along(dense(body.units, "relu", body.dropout, prefix), x)


def _encoder(body: Transformer, name: str, x: Any) -> Any:
    attention = layers.MultiHeadAttention(body.heads, body.width // body.heads, name=name % "attention")
    seen = layers.LayerNormalization(name=name % "norm_in")(x)
    x = layers.Add(name=name % "attended")([x, attention(seen, seen)])
    y = layers.LayerNormalization(name=name % "norm_out")(x)
    y = layers.Dense(body.feed_forward, activation="relu", name=name % "wide")(y)
    y = layers.Dense(body.width, name=name % "narrow")(y)
    return layers.Add(name=name % "fed_forward")([x, y])
