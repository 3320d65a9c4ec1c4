"""Convolution blocks over the pixels of images or the steps of windows, plain and with residual connections."""

from collections.abc import Iterator
from typing import Any

from keras import layers

from stages.train.model.layers.dense_layers import regularizer
from stages.train.params.layer_params import Augment, Cnn, Conv1d

Convolutions = Cnn | Conv1d


def convolution_layers(params: Convolutions, prefix: str) -> Iterator[Any]:
    yield from _augmentation_layers(params, prefix)
    for block, filters in enumerate(params.filters, 1):
        yield from _block(params, block, filters, prefix)
        yield from _after_block(params, block, prefix)
    yield _flat_or_average(params, prefix)


def apply_residual_convolutions(params: Convolutions, x: Any, prefix: str) -> Any:
    """Add the input of each block to what its convolutions give, before pooling."""
    for layer in _augmentation_layers(params, prefix):
        x = layer(x)
    for block, filters in enumerate(params.filters, 1):
        y, shortcut = x, x
        for layer in _block(params, block, filters, prefix):
            y = layer(y)
        if x.shape[-1] != filters:
            convolution = _convolution_class(params)
            penalty = regularizer(params.regularizer)
            name = f"{prefix}shortcut_{block}"
            shortcut = convolution(filters, 1, use_bias=False, kernel_regularizer=penalty, name=name)(x)
        x = layers.Add(name=f"{prefix}added_{block}")([shortcut, y])
        for layer in _after_block(params, block, prefix):
            x = layer(x)
    return _flat_or_average(params, prefix)(x)


def _block(params: Convolutions, block: int, filters: int, prefix: str) -> Iterator[Any]:
    for number in range(1, params.convolutions + 1):
        suffix = f"{block}" if params.convolutions == 1 else f"{block}_{number}"
        yield from _convolution(params, filters, prefix, suffix)


def _convolution(params: Convolutions, filters: int, prefix: str, suffix: str) -> Iterator[Any]:
    """A convolution and its activation, with batch normalization between the two if asked for."""
    settings: dict[str, Any] = {
        "kernel_size": params.kernel,
        "padding": params.padding,
        "kernel_regularizer": regularizer(params.regularizer),
        "name": f"{prefix}conv_{suffix}",
    }
    convolution = _convolution_class(params)
    if not params.batch_norm:
        yield convolution(filters, activation=params.activation, **settings)
        return
    yield convolution(filters, use_bias=False, **settings)
    yield layers.BatchNormalization(name=f"{prefix}norm_{suffix}")
    yield layers.Activation(params.activation, name=f"{prefix}activation_{suffix}")


def _after_block(params: Convolutions, block: int, prefix: str) -> Iterator[Any]:
    if params.pool > 1:
        pooling = layers.MaxPooling2D if isinstance(params, Cnn) else layers.MaxPooling1D
        yield pooling(params.pool, name=f"{prefix}pool_{block}")
    if params.block_dropout:
        yield layers.Dropout(params.block_dropout, name=f"{prefix}block_dropout_{block}")


def _flat_or_average(params: Convolutions, prefix: str) -> Any:
    if not params.average:
        return layers.Flatten(name=f"{prefix}flatten")
    average = layers.GlobalAveragePooling2D if isinstance(params, Cnn) else layers.GlobalAveragePooling1D
    return average(name=f"{prefix}average")


def _convolution_class(params: Convolutions) -> Any:
    return layers.Conv2D if isinstance(params, Cnn) else layers.Conv1D


def _augmentation_layers(params: Convolutions, prefix: str) -> Iterator[Any]:
    augment = params.augment if isinstance(params, Cnn) else None
    if augment is None:
        return
    yield from _random_changes(augment, prefix)


def _random_changes(augment: Augment, prefix: str) -> Iterator[Any]:
    if augment.flip:
        yield layers.RandomFlip("horizontal", name=f"{prefix}flip")
    if augment.shift:
        yield layers.RandomTranslation(augment.shift, augment.shift, fill_mode="constant", name=f"{prefix}shift")
    if augment.rotate:
        yield layers.RandomRotation(augment.rotate, fill_mode="constant", name=f"{prefix}rotate")
