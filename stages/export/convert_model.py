"""Converts a Keras model for LiteRT, which runs it without TensorFlow.

Importing this module loads Keras.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from stages.core.artefacts.processed import Fitted
from stages.export.rewrite_litert_file import rewrite_litert_file


class NotConvertibleError(Exception):
    """The model needs what LiteRT's built-in operations cannot do. The message is the reason, in a sentence."""


def convert_model(model: keras.Model, fitted: Fitted) -> bytes:
    """The same bytes for the same model. Its inputs and outputs have the names of inputs and targets.

    Raises NotConvertibleError.
    """
    with _unrolled_recurrent_layers(model):
        function = tf.function(_call_by_name(model, list(fitted.targets))).get_concrete_function(_input_specs(fitted))
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function], function)
        converter.exclude_conversion_metadata = True
        converted: bytes = converter.convert()
    # A function takes a dictionary, and gives one, in the order of the names.
    return rewrite_litert_file(converted, sorted(fitted.inputs), sorted(fitted.targets))


def _input_specs(fitted: Fitted) -> dict[str, Any]:
    """Any number of rows."""
    return {
        name: tf.TensorSpec((None, *spec.shape), tf.int32 if spec.id_count else tf.float32, name=name)
        for name, spec in fitted.inputs.items()
    }


def _call_by_name(model: keras.Model, targets: list[str]) -> Any:
    def call(inputs: Mapping[str, Any]) -> dict[str, Any]:
        # A sequential model takes and gives one tensor.
        if isinstance(model, keras.Sequential):
            ((name,), (tensor,)) = targets, inputs.values()
            return {name: model(tensor, training=False)}
        outputs: dict[str, Any] = model(dict(inputs), training=False)
        return outputs

    return call


@contextmanager
def _unrolled_recurrent_layers(model: keras.Model) -> Iterator[None]:
    """A loop over steps would need a fixed number of rows."""
    recurrent = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN) and not layer.unroll]
    for layer in recurrent:
        layer.unroll = True
    try:
        yield
    finally:
        for layer in recurrent:
            layer.unroll = False
