"""The hidden layers of each kind of model.

Every layer gets a name, since Keras' automatic names depend on the models built before. Initial weights depend on the
order in which layers are created.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from keras import layers

from stages.train.params import Augment, Cnn, HiddenLayers, Linear, Mlp, Rnn, SequentialLayers, Transformer

RNN = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def apply_hidden_layers(params: HiddenLayers, shape: list[int], prefix: str, x: Any) -> Any:
    """Return the output of hidden layers of any kind for the tensor of an input."""
    if isinstance(params, Transformer):
        return _apply_transformer(params, shape, prefix, x)
    return apply_layers(sequential_layers(params, shape, prefix), x)


def apply_layers(sequence: Iterable[Any], x: Any) -> Any:
    for layer in sequence:
        x = layer(x)
    return x


def sequential_layers(params: SequentialLayers, shape: list[int], prefix: str) -> Iterator[Any]:
    match params:
        case Linear():
            yield from _flatten(shape, prefix)
        case Mlp():
            yield from _flatten(shape, prefix)
            yield from dense_layers(params.units, params.activation, params.dropout, prefix)
        case Cnn():
            yield from _convolution_layers(params, prefix)
            yield from dense_layers(params.units, params.activation, params.dropout, prefix)
        case Rnn():
            yield from _recurrent_layers(params, shape, prefix)
            yield from dense_layers(params.units, "relu", params.dropout, prefix)


def dense_layers(units: list[int], activation: str, dropout: float, prefix: str) -> Iterator[Any]:
    for number, width in enumerate(units, 1):
        yield layers.Dense(width, activation=activation, name=f"{prefix}dense_{number}")
        if dropout:
            yield layers.Dropout(dropout, name=f"{prefix}dropout_{number}")


def _flatten(shape: list[int], prefix: str) -> Iterator[Any]:
    if len(shape) > 1:
        yield layers.Flatten(name=f"{prefix}flatten")


def _convolution_layers(cnn: Cnn, prefix: str) -> Iterator[Any]:
    if cnn.augment:
        yield from _augmentation_layers(cnn.augment, prefix)
    for block, filters in enumerate(cnn.filters, 1):
        for number in range(1, cnn.convolutions + 1):
            suffix = f"{block}" if cnn.convolutions == 1 else f"{block}_{number}"
            yield from _convolution(cnn, filters, prefix, suffix)
        if cnn.pool > 1:
            yield layers.MaxPooling2D(cnn.pool, name=f"{prefix}pool_{block}")
        if cnn.block_dropout:
            yield layers.Dropout(cnn.block_dropout, name=f"{prefix}block_dropout_{block}")
    if cnn.average:
        yield layers.GlobalAveragePooling2D(name=f"{prefix}average")
    else:
        yield layers.Flatten(name=f"{prefix}flatten")


def _convolution(cnn: Cnn, filters: int, prefix: str, suffix: str) -> Iterator[Any]:
    """A convolution and its activation, with batch normalization between the two if asked for."""
    settings: dict[str, Any] = {"kernel_size": cnn.kernel, "padding": cnn.padding, "name": f"{prefix}conv_{suffix}"}
    if not cnn.batch_norm:
        yield layers.Conv2D(filters, activation=cnn.activation, **settings)
        return
    yield layers.Conv2D(filters, use_bias=False, **settings)
    yield layers.BatchNormalization(name=f"{prefix}norm_{suffix}")
    yield layers.Activation(cnn.activation, name=f"{prefix}activation_{suffix}")


def _augmentation_layers(augment: Augment, prefix: str) -> Iterator[Any]:
    if augment.flip:
        yield layers.RandomFlip("horizontal", name=f"{prefix}flip")
    if augment.shift:
        yield layers.RandomTranslation(augment.shift, augment.shift, fill_mode="constant", name=f"{prefix}shift")
    if augment.rotate:
        yield layers.RandomRotation(augment.rotate, fill_mode="constant", name=f"{prefix}rotate")


def _recurrent_layers(rnn: Rnn, shape: list[int], prefix: str) -> Iterator[Any]:
    """All layers but the last return every step. A grey image is a sequence of its rows."""
    if len(shape) == 3:
        yield layers.Reshape((shape[0], shape[1]), name=f"{prefix}rows")
    for number, width in enumerate(rnn.cells, 1):
        yield RNN[rnn.kind](
            width,
            activation=rnn.activation,
            return_sequences=number < len(rnn.cells),
            name=f"{prefix}{rnn.kind}_{number}",
        )


def _apply_transformer(params: Transformer, shape: list[int], prefix: str, x: Any) -> Any:
    # A bias for every step is the learned position encoding.
    x = layers.EinsumDense("bsd,de->bse", (shape[0], params.width), bias_axes="se", name=f"{prefix}steps")(x)
    for block in range(1, params.blocks + 1):
        x = _apply_encoder(params, f"{prefix}%s_{block}", x)
    x = layers.GlobalAveragePooling1D(name=f"{prefix}average")(x)
    return apply_layers(dense_layers(params.units, "relu", params.dropout, prefix), x)


def _apply_encoder(params: Transformer, name: str, x: Any) -> Any:
    attention = layers.MultiHeadAttention(params.heads, params.width // params.heads, name=name % "attention")
    normalized = layers.LayerNormalization(name=name % "norm_in")(x)
    x = layers.Add(name=name % "attended")([x, attention(normalized, normalized)])
    y = layers.LayerNormalization(name=name % "norm_out")(x)
    y = layers.Dense(params.feed_forward, activation="relu", name=name % "wide")(y)
    y = layers.Dense(params.width, name=name % "narrow")(y)
    return layers.Add(name=name % "fed_forward")([x, y])
