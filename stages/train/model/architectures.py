"""The hidden layers of each kind of model.

Every layer gets a name, since Keras' automatic names depend on the models built before. Initial weights depend on the
order in which layers are created.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from keras import layers

from stages.train.model.layers.convolutions import apply_residual_convolutions, convolution_layers
from stages.train.model.layers.dense_layers import apply_residual_dense, dense_block, dense_layers, flatten, regularizer
from stages.train.model.layers.window_linear import apply_window_linear
from stages.train.params.layer_params import Cnn, Conv1d, DLinear, Linear, Mlp, NLinear, Rnn, Transformer
from stages.train.params.model_params import Model, SequentialLayers, WindowLinear

RNN = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def is_sequential(params: Model) -> TypeGuard[SequentialLayers]:
    """Whether each layer has the layer before it as its only input."""
    if isinstance(params, Mlp | Cnn | Conv1d):
        return not params.residual
    return isinstance(params, Linear | Rnn)


def apply_hidden_layers(
    params: SequentialLayers | WindowLinear | Transformer, shape: list[int], prefix: str, x: Any
) -> Any:
    """Return the output of the hidden layers for the tensor of an input of numbers."""
    if isinstance(params, NLinear | DLinear):
        return apply_window_linear(params, shape, prefix, x)
    if isinstance(params, Transformer):
        return _apply_transformer(params, shape, prefix, x)
    if isinstance(params, Mlp) and params.residual:
        return apply_residual_dense(params, apply_layers(flatten(shape, prefix), x), prefix)
    if isinstance(params, Cnn | Conv1d) and params.residual:
        x = apply_residual_convolutions(params, x, prefix)
        return apply_layers(
            dense_layers(params.units, params.activation, params.dropout, prefix, params.regularizer), x
        )
    return apply_layers(sequential_layers(params, shape, prefix), x)


def apply_layers(sequence: Iterable[Any], x: Any) -> Any:
    for layer in sequence:
        x = layer(x)
    return x


def sequential_layers(params: SequentialLayers, shape: list[int], prefix: str) -> Iterator[Any]:
    match params:
        case Linear():
            yield from flatten(shape, prefix)
        case Mlp():
            yield from flatten(shape, prefix)
            for number, width in enumerate(params.units, 1):
                yield from dense_block(params, number, width, prefix)
        case Cnn() | Conv1d():
            yield from convolution_layers(params, prefix)
            yield from dense_layers(params.units, params.activation, params.dropout, prefix, params.regularizer)
        case Rnn():
            yield from _recurrent_layers(params, shape, prefix)
            yield from dense_layers(params.units, "relu", params.dropout, prefix, params.regularizer)


def _recurrent_layers(rnn: Rnn, shape: list[int], prefix: str) -> Iterator[Any]:
    """All layers but the last return every step. A grey image is a sequence of its rows."""
    if len(shape) == 3:
        yield layers.Reshape((shape[0], shape[1]), name=f"{prefix}rows")
    for number, width in enumerate(rnn.cells, 1):
        yield RNN[rnn.kind](
            width,
            activation=rnn.activation,
            return_sequences=number < len(rnn.cells),
            kernel_regularizer=regularizer(rnn.regularizer),
            name=f"{prefix}{rnn.kind}_{number}",
        )


def _apply_transformer(params: Transformer, shape: list[int], prefix: str, x: Any) -> Any:
    # A bias for every step is the learned position encoding.
    x = layers.EinsumDense("bsd,de->bse", (shape[0], params.width), bias_axes="se", name=f"{prefix}steps")(x)
    for block in range(1, params.blocks + 1):
        x = apply_encoder(params.heads, params.width, params.feed_forward, f"{prefix}%s_{block}", x)
    x = layers.GlobalAveragePooling1D(name=f"{prefix}average")(x)
    return apply_layers(dense_layers(params.units, "relu", params.dropout, prefix), x)


def apply_encoder(heads: int, width: int, feed_forward: int, name: str, x: Any, mask: Any = None) -> Any:
    """`mask` is 1 for the steps that are attended, and 0 for others."""
    # An argument of None would be part of the saved model.
    masked = {} if mask is None else {"attention_mask": mask}
    attention = layers.MultiHeadAttention(heads, width // heads, name=name % "attention")
    normalized = layers.LayerNormalization(name=name % "norm_in")(x)
    x = layers.Add(name=name % "attended")([x, attention(normalized, normalized, **masked)])
    y = layers.LayerNormalization(name=name % "norm_out")(x)
    y = layers.Dense(feed_forward, activation="relu", name=name % "wide")(y)
    y = layers.Dense(width, name=name % "narrow")(y)
    return layers.Add(name=name % "fed_forward")([x, y])
