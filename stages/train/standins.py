"""Layers that do what Keras' own do, faster, while a training is compiled.

They stand in for the class alone: the layers stay the same objects, with the same weights, and are Keras' own again
when the model is saved.
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


STAND_INS = {"fused": {layers.Dropout: Drawn}, "plain": {layers.Dense: Summed}}


@contextmanager
def stand_ins(model: keras.Model, engine: str) -> Iterator[None]:
    chosen = [(layer, type(layer)) for layer in model._flatten_layers() if type(layer) in STAND_INS[engine]]
    try:
        for layer, own in chosen:
            layer.__class__ = STAND_INS[engine][own]
        yield
    finally:
        for layer, own in chosen:
            layer.__class__ = own


def _summed(words: tf.SparseTensor, matrix: Any) -> Any:
    """With a gradient as dense as the matrix: optimizers treat the other kind differently."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def product(kernel: Any) -> tuple[Any, Any]:
        rows, ids = tf.unstack(words.indices, axis=1)
        summed = tf.raw_ops.SparseSegmentSumWithNumSegments(
            data=kernel, indices=ids, segment_ids=rows, num_segments=words.dense_shape[0]
        )
        return summed, lambda slope: tf.sparse.sparse_dense_matmul(words, slope, adjoint_a=True)

    return product(matrix)
