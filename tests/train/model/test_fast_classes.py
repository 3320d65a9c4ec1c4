"""Fast layers and optimizers compute what Keras' own do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from stages.train.model.fast_classes import use_fast_classes

ROWS = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 1, 1]], np.float32)


def sparse_input_model():
    keras.utils.set_random_seed(0)
    return compiled_model(layers.Input((4,), sparse=True), layers.Dense(3, activation="tanh", name="first"))


def compiled_model(*sequence, optimizer="sgd"):
    model = keras.Sequential(sequence)
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    return model


def loss_and_gradients(model, rows):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(rows) ** 2)
    return float(loss), tape.gradient(loss, [w.value for w in model.trainable_variables])


def test_sparse_rows_give_the_loss_and_gradients_of_dense_rows():
    """One of the rows has no word."""
    model = sparse_input_model()
    loss, expected = loss_and_gradients(model, tf.constant(ROWS))
    with use_fast_classes(model, "plain"):
        own_loss, gradients = loss_and_gradients(model, tf.sparse.from_dense(ROWS))
        assert type(model.layers[0]).__name__ == "SparseInputDense"
    assert own_loss == pytest.approx(loss, rel=1e-6)
    for ours, theirs in zip(gradients, expected, strict=True):
        assert isinstance(ours, tf.Tensor), "RMSprop treats a sparse gradient differently"
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_dense_rows_use_keras_own_product():
    model = sparse_input_model()
    expected = model(ROWS).numpy()
    with use_fast_classes(model, "plain"):
        np.testing.assert_array_equal(model(ROWS), expected)


def dropout_model():
    return compiled_model(layers.Input((1000,)), layers.Dropout(0.25, name="dropout_1"))


def compiled_call(model):
    """Threefry is only used by XLA."""
    return tf.function(lambda x: model(x, training=True), jit_compile=True)


def test_dropout_drops_its_share_and_scales_the_rest():
    model, ones = dropout_model(), np.ones((100, 1000), np.float32)
    with use_fast_classes(model, "fused"):
        found = compiled_call(model)(ones).numpy()
        np.testing.assert_array_equal(model(ones), ones)
    assert set(np.unique(found)) == {np.float32(0), np.float32(4 / 3)}
    share = np.mean(found == 0)
    assert abs(share - 0.25) < 5 * np.sqrt(0.25 * 0.75 / found.size), "five standard deviations"
    assert np.ptp(np.mean(found == 0, axis=0)) > 0, "the rows must differ"


def test_dropout_depends_on_the_state_of_its_generator():
    model, ones = dropout_model(), np.ones((2, 1000), np.float32)
    generator = model.layers[0].seed_generator
    with use_fast_classes(model, "fused"):
        outputs, call = [], compiled_call(model)
        for state in ([1, 2], [1, 2], [1, 3]):
            generator.state.assign(np.array(state, np.uint32))
            outputs.append(call(ones).numpy())
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert not np.array_equal(outputs[0], outputs[2])


def after_adam_steps(optimizer, engine=None, steps=3):
    """Return the weights and the optimizer's variables after steps with the same gradients."""
    keras.utils.set_random_seed(0)
    model = compiled_model(layers.Input((4,)), layers.Dense(3), optimizer=optimizer)
    model.optimizer.build(model.trainable_variables)
    random = np.random.default_rng(1)

    def apply_steps():
        for _ in range(steps):
            gradients = [tf.constant(random.normal(size=w.shape).astype("float32")) for w in model.trainable_variables]
            model.optimizer.apply(gradients)

    if engine is None:
        apply_steps()
    else:
        kind = f"SingleOperation{type(optimizer).__name__}"
        with use_fast_classes(model, engine):
            assert type(model.optimizer).__name__ == kind
            tf.function(apply_steps, jit_compile=engine == "fused", autograph=False)()
    return [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]


@pytest.mark.parametrize("engine", ["plain", "fused"])
@pytest.mark.parametrize("rate", [0.01, keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)])
def test_adam_steps_are_those_of_keras(rate, engine):
    """Except for rounding: 1 - 0.999 is 0.00100005 in float32."""
    own, theirs = (after_adam_steps(keras.optimizers.Adam(rate), each) for each in (engine, None))
    for a, b in zip(own, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", ["plain", "fused"])
@pytest.mark.parametrize("settings", [{"weight_decay": 0.5}, {"weight_decay": 0.0, "global_clipnorm": 0.5}])
def test_steps_with_weight_decay_and_clipping_are_those_of_keras(settings, engine):
    own, theirs = (after_adam_steps(keras.optimizers.AdamW(0.1, **settings), each) for each in (engine, None))
    for a, b in zip(own, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_afterwards_all_classes_are_keras_own(engine):
    layer = layers.Dense(3) if engine == "plain" else layers.Dropout(0.5)
    model = compiled_model(layers.Input((4,)), layer, layers.Activation("relu"), optimizer="adam")
    parts = [model.optimizer, *model.layers]
    kinds = [type(part) for part in parts]
    with use_fast_classes(model, engine):
        assert [type(part) is kind for part, kind in zip(parts, kinds, strict=True)] == [False, False, True]
    assert [type(part) for part in parts] == kinds
