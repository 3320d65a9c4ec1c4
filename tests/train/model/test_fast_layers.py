"""Stand-ins do what Keras' own layers do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from stages.train.model.fast_layers import stand_ins

ROWS = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 1, 1]], np.float32)


def dense():
    keras.utils.set_random_seed(0)
    return ready(layers.Input((4,), sparse=True), layers.Dense(3, activation="tanh", name="first"))


def ready(*line, optimizer="sgd"):
    model = keras.Sequential(line)
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    return model


def slopes(model, rows):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(rows) ** 2)
    return float(loss), tape.gradient(loss, [w.value for w in model.trainable_variables])


def test_words_give_the_values_and_the_slopes_of_the_rows_spread_out():
    """One of the texts has no word."""
    model = dense()
    loss, expected = slopes(model, tf.constant(ROWS))
    with stand_ins(model, "plain"):
        own, found = slopes(model, tf.sparse.from_dense(ROWS))
        assert type(model.layers[0]).__name__ == "Summed"
    assert own == pytest.approx(loss, rel=1e-6)
    for mine, theirs in zip(found, expected, strict=True):
        assert isinstance(mine, tf.Tensor), "a gradient by rows would change what RMSprop does"
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-7)


def test_rows_that_are_spread_out_already_go_the_usual_way():
    model = dense()
    expected = model(ROWS).numpy()
    with stand_ins(model, "plain"):
        np.testing.assert_array_equal(model(ROWS), expected)


def dropping(rate=0.25):
    return ready(layers.Input((1000,)), layers.Dropout(rate, name="dropout_1"))


def compiled(model):
    """XLA alone draws by threefry."""
    return tf.function(lambda x: model(x, training=True), jit_compile=True)


def test_dropout_drops_its_share_and_makes_up_for_it():
    model, ones = dropping(), np.ones((100, 1000), np.float32)
    with stand_ins(model, "fused"):
        found = compiled(model)(ones).numpy()
        np.testing.assert_array_equal(model(ones), ones)
    assert set(np.unique(found)) == {np.float32(0), np.float32(4 / 3)}
    share = np.mean(found == 0)
    assert abs(share - 0.25) < 5 * np.sqrt(0.25 * 0.75 / found.size), "five standard deviations"
    assert np.ptp(np.mean(found == 0, axis=0)) > 0, "the rows must differ"


def test_dropout_draws_by_its_state():
    model, ones = dropping(), np.ones((2, 1000), np.float32)
    generator = model.layers[0].seed_generator
    with stand_ins(model, "fused"):
        drawn, draw = [], compiled(model)
        for state in ([1, 2], [1, 2], [1, 3]):
            generator.state.assign(np.array(state, np.uint32))
            drawn.append(draw(ones).numpy())
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


def stepped(rate, engine=None, steps=3):
    """The weights of a model after a few of Adam's steps down the same slopes, and the optimizer's own numbers."""
    keras.utils.set_random_seed(0)
    model = ready(layers.Input((4,)), layers.Dense(3), optimizer=keras.optimizers.Adam(rate))
    model.optimizer.build(model.trainable_variables)
    drawn = np.random.default_rng(1)

    def go():
        for _ in range(steps):
            slopes = [tf.constant(drawn.normal(size=w.shape).astype("float32")) for w in model.trainable_variables]
            model.optimizer.apply(slopes)

    if engine is None:
        go()
    else:
        with stand_ins(model, engine):
            assert type(model.optimizer).__name__ == "AtOnce"
            tf.function(go, jit_compile=engine == "fused", autograph=False)()
    return [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]


@pytest.mark.parametrize("engine", ["plain", "fused"])
@pytest.mark.parametrize("rate", [0.01, keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)])
def test_adams_step_is_keras_own(rate, engine):
    """But for 1 - 0.999, which is 0.00100005 where it is taken from a float32."""
    for own, theirs in zip(stepped(rate, engine), stepped(rate), strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_afterwards_everything_is_keras_own_again(engine):
    layer = layers.Dense(3) if engine == "plain" else layers.Dropout(0.5)
    model = ready(layers.Input((4,)), layer, layers.Activation("relu"), optimizer="adam")
    parts = [model.optimizer, *model.layers]
    kinds = [type(part) for part in parts]
    with stand_ins(model, engine):
        assert [type(part) is kind for part, kind in zip(parts, kinds, strict=True)] == [False, False, True]
    assert [type(part) for part in parts] == kinds
