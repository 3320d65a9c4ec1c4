"""What the hidden layers do: random layers in training, and none of them at prediction."""

from typing import Any

import keras
import numpy as np
import pytest

from stages.core.errors import UserError
from stages.train.check_params_fit_data import check_layer_names
from stages.train.loop.compiled_epochs import random_states, seed_generators
from tests.train.small_data import build, fitted_data, input_spec, train_params, value_target

GRAY, COLOR, STEPS = [8, 8, 1], [8, 8, 3], [5, 2]
AUGMENT = {"flip": True, "shift": 0.2, "rotate": 0.1}
MODELS: list[tuple[dict[str, Any], list[int]]] = [
    ({"kind": "cnn", "filters": [3, 4], "batch_norm": True, "convolutions": 2, "block_dropout": 0.5}, COLOR),
    ({"kind": "cnn", "filters": [3], "augment": AUGMENT, "average": True, "units": [4], "dropout": 0.5}, COLOR),
    ({"kind": "gru", "cells": [3]}, GRAY),
    ({"kind": "transformer", "width": 4, "heads": 2, "feed_forward": 6, "units": [3]}, STEPS),
    ({"kind": "mlp", "units": [2], "dropout": 0.5}, [3]),
    ({"kind": "mlp", "units": [2], "norm": "layer", "residual": True}, [3]),
    ({"kind": "conv1d", "filters": [2], "residual": True, "batch_norm": True}, STEPS),
    ({"kind": "simple_rnn", "cells": [2]}, STEPS),
]


def model_for(layers, shape):
    return build(train_params(model=layers), fitted_data({"x": input_spec(*shape)}, {"y": value_target()}))


def random_images(shape, count=6):
    return np.random.default_rng(0).uniform(size=(count, *shape)).astype("float32")


def predictions(model, x):
    if isinstance(model, keras.Sequential):
        return model.predict_on_batch(x).tolist()
    return model.predict_on_batch({"x": x})["y"].tolist()


def test_images_are_augmented_in_training_and_not_at_prediction():
    cnn = {"kind": "cnn", "filters": [3]}
    augmented, plain = model_for(cnn | {"augment": AUGMENT}, COLOR), model_for(cnn, COLOR)
    plain.set_weights(augmented.get_weights())
    x = random_images(COLOR)
    assert predictions(augmented, x) == predictions(plain, x)
    np.testing.assert_array_equal(augmented(x, training=False), plain(x, training=False))
    assert not np.allclose(augmented(x, training=True), plain(x, training=True))


@pytest.mark.parametrize("augment", [{"flip": True}, {"shift": 0.3}, {"rotate": 0.2}])
def test_augmentation_depends_on_the_seed_and_the_epoch(augment):
    model, x = model_for({"kind": "cnn", "filters": [2], "augment": augment}, COLOR), random_images(COLOR, 32)

    def augmented(seed, epoch):
        generators = seed_generators(model)
        for generator, state in zip(generators, random_states(seed, epoch, len(generators)), strict=True):
            generator.state.assign(state)
        return np.asarray(model(x, training=True)).tolist()

    first = augmented(1, 1)
    assert augmented(1, 2) != first
    assert augmented(2, 1) != first
    assert augmented(1, 1) == first


def test_flip_mirrors_some_images_left_to_right():
    flip = model_for({"kind": "cnn", "filters": [2], "augment": {"flip": True}}, GRAY).get_layer("flip")
    x = random_images(GRAY, 32)
    changes = {
        "none" if (a == b).all() else "mirrored" if (a == b[:, ::-1]).all() else "other"
        for a, b in zip(np.asarray(flip(x, training=True)), x, strict=True)
    }
    assert changes == {"none", "mirrored"}


def test_batch_normalization_at_prediction_uses_moving_averages():
    """The prediction for an image does not depend on the other images of the batch."""
    model, x = model_for({"kind": "cnn", "filters": [2], "batch_norm": True}, GRAY), random_images(GRAY)
    np.testing.assert_allclose(model.predict_on_batch(x)[:1], model.predict_on_batch(x[:1]), rtol=1e-5)
    assert not np.allclose(model(x, training=True)[:1], model(x[:1], training=True))


def test_the_steps_of_a_gray_image_are_its_rows():
    by_rows, by_steps = (model_for({"kind": "gru", "cells": [3]}, shape) for shape in ([6, 5, 1], [6, 5]))
    x = random_images([6, 5, 1])
    assert predictions(by_rows, x) == predictions(by_steps, x[..., 0])


def test_a_transformer_learns_the_positions_of_steps():
    model = model_for({"kind": "transformer", "width": 4}, STEPS)
    position = model.get_layer("steps").weights[1]
    x = random_images(STEPS)
    assert predictions(model, x) == pytest.approx(np.array(predictions(model, x[:, ::-1])), rel=1e-4)
    position.assign(np.random.default_rng(1).normal(size=(5, 4)))
    assert predictions(model, x) != pytest.approx(np.array(predictions(model, x[:, ::-1])), rel=1e-4)


def test_residual_dense_layers_add_their_input():
    """Against Keras' own layers with the same weights."""
    model = model_for({"kind": "mlp", "units": [4, 4], "residual": True, "norm": "layer", "activation": "tanh"}, [3])
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    tensor = inputs = keras.Input((3,))
    for number in (1, 2):
        shortcut = tensor if number == 2 else keras.layers.Dense(4, use_bias=False, name="shortcut_1")(tensor)
        y = keras.layers.Dense(4, use_bias=False, name=f"dense_{number}")(tensor)
        y = keras.layers.LayerNormalization(name=f"norm_{number}")(y)
        tensor = shortcut + keras.layers.Activation("tanh")(y)
    theirs = keras.Model(inputs, keras.layers.Dense(1, name="y")(tensor))
    for layer in theirs.layers:
        if layer.weights:
            layer.set_weights(model.get_layer(layer.name).get_weights())
    np.testing.assert_allclose(predictions(model, x), theirs(x), rtol=1e-5)


def test_residual_convolutions_add_their_input_before_pooling():
    model = model_for({"kind": "cnn", "filters": [2, 2], "convolutions": 2, "residual": True}, GRAY)
    x = random_images(GRAY)
    tensor = inputs = keras.Input(GRAY)
    for block in (1, 2):
        shortcut = tensor if block == 2 else keras.layers.Conv2D(2, 1, use_bias=False, name="shortcut_1")(tensor)
        for number in (1, 2):
            name = f"conv_{block}_{number}"
            tensor = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name=name)(tensor)
        tensor = keras.layers.MaxPooling2D(2)(shortcut + tensor)
    theirs = keras.Model(inputs, keras.layers.Dense(1, name="y")(keras.layers.Flatten()(tensor)))
    for layer in theirs.layers:
        if layer.weights:
            layer.set_weights(model.get_layer(layer.name).get_weights())
    np.testing.assert_allclose(predictions(model, x), theirs(x), rtol=1e-4, atol=1e-6)


def test_a_causal_convolution_sees_no_later_step():
    model = model_for({"kind": "conv1d", "filters": [2], "padding": "causal", "pool": 1}, STEPS)
    convolution, x = model.get_layer("conv_1"), random_images(STEPS)
    later = x.copy()
    later[:, 3:] += 1
    np.testing.assert_array_equal(convolution(x)[:, :3], convolution(later)[:, :3])
    assert not np.array_equal(convolution(x)[:, 3:], convolution(later)[:, 3:])


@pytest.mark.parametrize(
    ("layers", "shape", "kernels"),
    [
        ({"kind": "mlp", "units": [4, 4]}, [3], ["dense_1", "dense_2"]),
        ({"kind": "mlp", "units": [4], "residual": True}, [3], ["dense_1", "shortcut_1"]),
        ({"kind": "cnn", "filters": [2], "units": [3]}, GRAY, ["conv_1", "dense_1"]),
        ({"kind": "conv1d", "filters": [2], "residual": True}, [6, 3], ["conv_1", "shortcut_1"]),
        ({"kind": "gru", "cells": [2]}, STEPS, ["gru_1"]),
    ],
)
def test_the_regularizer_adds_the_penalties_of_all_kernels_of_hidden_layers(layers, shape, kernels):
    model = model_for(layers | {"regularizer": {"l1": 0.5, "l2": 0.25}}, shape)
    values = [model.get_layer(name).get_weights()[0] for name in kernels]
    expected = sum(0.5 * np.abs(kernel).sum() + 0.25 * (kernel**2).sum() for kernel in values)
    assert float(sum(model.losses)) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("branch", [False, True])
@pytest.mark.parametrize(("layers", "shape"), MODELS, ids=[f"{layers}" for layers, _ in MODELS])
def test_no_target_may_have_the_name_of_a_hidden_layer(layers, shape, branch):
    """Keras would refuse two layers with one name, with a traceback."""
    model = model_for({"kind": "branches", "inputs": {"x": layers}, "units": [2]} if branch else layers, shape)
    allowed = []
    for name in {layer.name for layer in model.layers} - {"x", "y"}:
        try:
            check_layer_names(fitted_data({"x": input_spec(*shape)}, {name: value_target()}))
            allowed.append(name)
        except UserError:
            pass
    assert sorted(allowed) == []
