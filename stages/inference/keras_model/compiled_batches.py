"""Runs a Keras model on several batches in one compiled call. Importing this module loads TensorFlow and Keras."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

# Takes tensors of shape [batches, samples of a batch, ...], and gives tensors with the outputs of all samples.
RunBatches = Callable[[Mapping[str, Any]], Any]


def compile_batches(model: keras.Model) -> RunBatches:
    """The outputs are the bits of `predict_on_batch` of each batch, whose compiled function is called in a loop."""
    model.make_predict_function()
    predict = model.predict_function

    def run_batches(inputs: Mapping[str, Any]) -> Any:
        def arguments_of(batch: Mapping[str, Any]) -> Any:
            # A sequential model takes one array.
            return [(next(iter(batch.values())) if isinstance(model, keras.Sequential) else batch,)]

        of_batch = {name: tf.TensorSpec(array.shape[1:], array.dtype) for name, array in inputs.items()}
        outputs = predict.get_concrete_function(arguments_of(of_batch)).structured_outputs
        count = next(iter(inputs.values())).shape[0]

        def run_batch(number: Any, *found: Any) -> tuple[Any, ...]:
            batch = arguments_of({name: array[number] for name, array in inputs.items()})
            values = tf.nest.flatten(predict(batch))
            return number + 1, *(array.write(number, value) for array, value in zip(found, values, strict=True))

        empty = [tf.TensorArray(output.dtype, count, element_shape=output.shape) for output in tf.nest.flatten(outputs)]
        _, *found = tf.while_loop(lambda number, *_: number < count, run_batch, (0, *empty), parallel_iterations=1)
        return tf.nest.pack_sequence_as(outputs, [array.concat() for array in found])

    compiled: RunBatches = tf.function(run_batches, autograph=False)
    return compiled
