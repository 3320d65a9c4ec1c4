"""Layers and optimizers that do what Keras' own do, faster, while a training is compiled.

They stand in for the class alone: the objects stay the same, with the same weights, and are Keras' own again when the
model is saved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from keras import layers


class Drawn(layers.Dropout):  # type: ignore[misc]
    """XLA draws Keras' random numbers so slowly that nothing is left of its gain; threefry is a few instructions."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or not self.rate:
            return inputs
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        return tf.nn.experimental.stateless_dropout(inputs, self.rate, seed, rng_alg="threefry")


class Summed(layers.Dense):  # type: ignore[misc]
    """A row of words times a matrix is the sum of the matrix' rows for these words."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not isinstance(inputs, tf.SparseTensor):
            return super().call(inputs, training)
        return self.activation(_summed(inputs, tf.convert_to_tensor(self.kernel)) + self.bias)


class AtOnce(keras.optimizers.Adam):  # type: ignore[misc]
    """Every number is read and written once, by one operation and not by a dozen: there is less to compile, too."""

    def _backend_update_step(self, grads: Any, trainable_variables: Any, learning_rate: Any) -> None:
        step = tf.cast(self.iterations.value + 1, tf.float32)
        powers, rate = [tf.pow(beta, step) for beta in (self.beta_1, self.beta_2)], tf.cast(learning_rate, tf.float32)
        for slope, variable in zip(grads, trainable_variables, strict=True):
            place = self._get_variable_index(variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=self._momentums[place].value.handle,
                v=self._velocities[place].value.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=slope,
            )


OPTIMIZERS = {keras.optimizers.Adam: AtOnce}
STAND_INS: dict[str, dict[type, type]] = {
    "fused": OPTIMIZERS | {layers.Dropout: Drawn},
    "plain": OPTIMIZERS | {layers.Dense: Summed},
}


@contextmanager
def stand_ins(model: keras.Model, engine: str) -> Iterator[None]:
    parts = [model.optimizer, *model._flatten_layers()]
    chosen = [(part, type(part)) for part in parts if type(part) in STAND_INS[engine]]
    try:
        for part, own in chosen:
            part.__class__ = STAND_INS[engine][own]
        yield
    finally:
        for part, own in chosen:
            part.__class__ = own


def _summed(words: tf.SparseTensor, matrix: Any) -> Any:
    """By rows forward, by words backward. TensorFlow's own product takes every word by itself, five times as long.

    The gradient is as dense as the matrix, since optimizers treat the other kind differently.
    """
    rows = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=words.indices, values=words.values, dense_shape=words.dense_shape
    )

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def product(kernel: Any) -> tuple[Any, Any]:
        def by_words(slope: Any) -> Any:
            turned = tf.raw_ops.SparseMatrixTranspose(input=rows, type=tf.float32)
            return tf.raw_ops.SparseMatrixMatMul(a=turned, b=slope)

        return tf.raw_ops.SparseMatrixMatMul(a=rows, b=kernel), by_words

    return product(matrix)
