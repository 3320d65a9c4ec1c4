"""Dense layers: plain, with normalization, and with residual connections."""

from collections.abc import Iterator
from typing import Any

import keras
from keras import layers

from stages.train.params.layer_params import Mlp, Regularizer


def flatten(shape: list[int], prefix: str) -> Iterator[Any]:
    if len(shape) > 1:
        yield layers.Flatten(name=f"{prefix}flatten")


def dense_layers(
    units: list[int], activation: str, dropout: float, prefix: str, penalty: Regularizer | None = None
) -> Iterator[Any]:
    for number, width in enumerate(units, 1):
        kernel_regularizer = regularizer(penalty)
        yield layers.Dense(
            width, activation=activation, kernel_regularizer=kernel_regularizer, name=f"{prefix}dense_{number}"
        )
        if dropout:
            yield layers.Dropout(dropout, name=f"{prefix}dropout_{number}")


def dense_block(mlp: Mlp, number: int, width: int, prefix: str) -> Iterator[Any]:
    """A dense layer and its activation, with normalization between the two if asked for, and dropout."""
    settings: dict[str, Any] = {"kernel_regularizer": regularizer(mlp.regularizer), "name": f"{prefix}dense_{number}"}
    if mlp.norm is None:
        yield layers.Dense(width, activation=mlp.activation, **settings)
    else:
        # Normalization adds a bias of its own.
        yield layers.Dense(width, use_bias=False, **settings)
        normalization = layers.BatchNormalization if mlp.norm == "batch" else layers.LayerNormalization
        yield normalization(name=f"{prefix}norm_{number}")
        yield layers.Activation(mlp.activation, name=f"{prefix}activation_{number}")
    if mlp.dropout:
        yield layers.Dropout(mlp.dropout, name=f"{prefix}dropout_{number}")


def apply_residual_dense(mlp: Mlp, x: Any, prefix: str) -> Any:
    """Add the input of each dense layer to its output."""
    for number, width in enumerate(mlp.units, 1):
        y, shortcut = x, x
        for layer in dense_block(mlp, number, width, prefix):
            y = layer(y)
        if x.shape[-1] != width or x.sparse:
            kernel_regularizer = regularizer(mlp.regularizer)
            name = f"{prefix}shortcut_{number}"
            shortcut = layers.Dense(width, use_bias=False, kernel_regularizer=kernel_regularizer, name=name)(x)
        x = layers.Add(name=f"{prefix}added_{number}")([shortcut, y])
    return x


def regularizer(params: Regularizer | None) -> Any:
    return None if params is None else keras.regularizers.L1L2(l1=params.l1, l2=params.l2)
