"""Faster versions of some Keras classes, used while a training is compiled and run.

The layers and the optimizer of a model change their class and nothing else. They have Keras' own class again when the
model is saved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from keras import layers


class ThreefryDropout(layers.Dropout):  # type: ignore[misc]
    """Keras' random numbers are so slow under XLA that its gain is lost; threefry needs few instructions."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or not self.rate:
            return inputs
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        return tf.nn.experimental.stateless_dropout(inputs, self.rate, seed, rng_alg="threefry")


class SparseInputDense(layers.Dense):  # type: ignore[misc]
    """Sparse rows are multiplied by a compressed sparse row product, five times faster than TensorFlow's default."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not isinstance(inputs, tf.SparseTensor):
            return super().call(inputs, training)
        product = _sparse_product(inputs, tf.convert_to_tensor(self.kernel))
        return self.activation(product + self.bias if self.use_bias else product)


class SingleOperationAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Adam as one operation for each variable instead of a dozen, which runs and compiles faster. Not of embeddings."""

    def _backend_update_step(self, grads: Any, trainable_variables: Any, learning_rate: Any) -> None:
        step = tf.cast(self.iterations.value + 1, tf.float32)
        powers, rate = [tf.pow(beta, step) for beta in (self.beta_1, self.beta_2)], tf.cast(learning_rate, tf.float32)
        for gradient, variable in zip(grads, trainable_variables, strict=True):
            # Of a word that a batch has several times, Keras adds the squares of the gradients; the operation would
            # square their sum.
            if isinstance(gradient, tf.IndexedSlices):
                keras.optimizers.Adam._backend_update_step(self, [gradient], [variable], learning_rate)
                continue
            index = self._get_variable_index(variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=self._momentums[index].value.handle,
                v=self._velocities[index].value.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
            )


class SingleOperationAdamW(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW as Adam above: Keras has applied the weight decay before this step."""

    _backend_update_step = SingleOperationAdam._backend_update_step


_FAST_OPTIMIZERS: dict[type, type] = {
    keras.optimizers.Adam: SingleOperationAdam,
    keras.optimizers.AdamW: SingleOperationAdamW,
}
FAST_CLASSES: dict[str, dict[type, type]] = {
    "fused": _FAST_OPTIMIZERS | {layers.Dropout: ThreefryDropout},
    "plain": _FAST_OPTIMIZERS | {layers.Dense: SparseInputDense},
}


@contextmanager
def use_fast_classes(model: keras.Model, engine: str) -> Iterator[None]:
    """Give the model's layers and its optimizer their faster classes inside the block."""
    fast_classes = FAST_CLASSES[engine]
    changed = [(o, type(o)) for o in [model.optimizer, *model._flatten_layers()] if type(o) in fast_classes]
    try:
        for layer, keras_class in changed:
            layer.__class__ = fast_classes[keras_class]
        yield
    finally:
        for layer, keras_class in changed:
            layer.__class__ = keras_class


def _sparse_product(rows: tf.SparseTensor, kernel: Any) -> Any:
    """Return rows x kernel. The gradient is dense, since optimizers treat sparse gradients differently."""
    matrix = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=rows.indices, values=rows.values, dense_shape=rows.dense_shape
    )

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def product(kernel: Any) -> tuple[Any, Any]:
        def gradient(upstream: Any) -> Any:
            transposed = tf.raw_ops.SparseMatrixTranspose(input=matrix, type=tf.float32)
            return tf.raw_ops.SparseMatrixMatMul(a=transposed, b=upstream)

        return tf.raw_ops.SparseMatrixMatMul(a=matrix, b=kernel), gradient

    return product(kernel)
