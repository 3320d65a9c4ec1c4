"""Converts a Keras model for LiteRT, which runs it without TensorFlow.

Importing this module loads Keras.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import keras
import tensorflow as tf

from stages.core.artefacts.processed import Fitted
from stages.core.runtime.hide_stderr import hide_stderr
from stages.export.litert.check_converted_model import check_converted_model
from stages.export.litert.not_convertible import NotConvertibleError, explain_conversion_error
from stages.export.litert.rewrite_litert_file import rewrite_litert_file

# Of all recurrent layers together. Each step becomes operations of its own: a step of an LSTM or GRU takes about 0.1 s
# to convert. As a loop, a model takes one row at a time, which takes 3 to 10 times as long for many rows.
MAX_UNROLLED_STEPS = 200


def convert_model(model: keras.Model, fitted: Fitted) -> bytes:
    """The same bytes for the same model, whose inputs and outputs have the names of the inputs and targets.

    The converted model takes any number of rows at once. It takes one row if recurrent layers have many steps, or if
    an operation needs a fixed number of rows. Raises NotConvertibleError.
    """
    if _recurrent_steps(model) <= MAX_UNROLLED_STEPS:
        with suppress(NotConvertibleError), _unrolled(model):
            return _convert(model, fitted, rows=None)
    return _convert(model, fitted, rows=1)


def _convert(model: keras.Model, fitted: Fitted, rows: int | None) -> bytes:
    with hide_stderr(), explain_conversion_error():
        function = tf.function(_call_by_name(model, list(fitted.targets)), autograph=False)
        # The function takes and gives the tensors in the order of their names.
        concrete = function.get_concrete_function(_input_specs(fitted, rows))
        converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], function)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        converter.exclude_conversion_metadata = True
        content = rewrite_litert_file(converter.convert(), sorted(fitted.inputs), sorted(fitted.targets))
        check_converted_model(model, content, fitted)
    return content


def _input_specs(fitted: Fitted, rows: int | None) -> dict[str, Any]:
    return {
        name: tf.TensorSpec((rows, *spec.shape), tf.int32 if spec.id_count else tf.float32, name=f"input_{number}")
        for number, (name, spec) in enumerate(sorted(fitted.inputs.items()))
    }


def _call_by_name(model: keras.Model, targets: Sequence[str]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def call(inputs: Mapping[str, Any]) -> dict[str, Any]:
        # A sequential model takes and gives one tensor.
        if isinstance(model, keras.Sequential):
            ((name,), (tensor,)) = targets, inputs.values()
            return {name: model(tensor, training=False)}
        outputs: dict[str, Any] = model(dict(inputs), training=False)
        return outputs

    return call


def _recurrent_layers(model: keras.Model) -> list[Any]:
    """Those inside other layers too. Keras has no public function for that."""
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]


def _recurrent_steps(model: keras.Model) -> int:
    """The number of steps of all recurrent layers. A layer's input has the shape [rows, steps, ...]."""
    return sum(layer.get_build_config()["input_shape"][1] or 0 for layer in _recurrent_layers(model))


@contextmanager
def _unrolled(model: keras.Model) -> Iterator[None]:
    """Recurrent layers without a loop, which LiteRT runs for a fixed number of rows only."""
    changed = [layer for layer in _recurrent_layers(model) if not layer.unroll]
    for layer in changed:
        layer.unroll = True
    try:
        yield
    finally:
        for layer in changed:
            layer.unroll = False
