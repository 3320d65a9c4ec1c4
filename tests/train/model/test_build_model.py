"""Numbers of parameters by formula, names of layers, initial weights, optimizers and learning rates."""

import json
from math import cos, log, pi

import keras
import numpy as np
import pytest

from stages.core.columns.series.window_steps import FittedRelativeToLast
from stages.train.model.build_model import build_optimizer
from stages.train.model.output_layers import output_units
from stages.train.model.save_model import renumber_shared_objects, save_archive
from tests.train.small_data import (
    DATA,
    build,
    class_target,
    fitted_data,
    input_spec,
    train,
    train_params,
    value_target,
    weights,
)

BATCHES = 3  # ten rows, in batches of four
FITTED = fitted_data({"x": input_spec(3)}, {"y": value_target()}, splits={"train": 10})


def model_for(layers, shape, target=None, **settings):
    return build(
        train_params(model=layers, **settings), fitted_data({"x": input_spec(*shape)}, {"y": target or value_target()})
    )


def dense(inputs, *units):
    """Each unit has a weight for every input and a bias."""
    return sum((n + 1) * m for n, m in zip((inputs, *units), units, strict=False))


def recurrent(gates, inputs, units):
    """Each gate has weights for the inputs and the last outputs, and a bias."""
    return gates * (inputs + units + 1) * units


def gru(inputs, units):
    """Keras' GRU has two biases for each gate."""
    return 3 * (inputs + units + 2) * units


def transformer(steps, columns, width, wide, blocks):
    """A bias for each step; then blocks of query, key, value and output layers, two norms and two dense layers."""
    block = 4 * dense(width, width) + 2 * 2 * width + dense(width, wide, width)
    return (columns + steps) * width + blocks * block


@pytest.mark.parametrize(
    ("layers", "shape", "count"),
    [
        ({"kind": "linear"}, [5], dense(5, 1)),
        ({"kind": "linear"}, [4, 3], dense(12, 1)),
        ({"kind": "mlp", "units": [7, 3], "dropout": 0.5}, [5], dense(5, 7, 3, 1)),
        ({"kind": "mlp", "units": [7]}, [4, 3, 2], dense(24, 7, 1)),
        ({"kind": "cnn", "filters": [4]}, [8, 8, 1], (9 * 1 + 1) * 4 + dense(4 * 4 * 4, 1)),
        (
            {"kind": "cnn", "filters": [4, 6], "kernel": 2, "units": [5]},
            [9, 8, 3],
            (4 * 3 + 1) * 4 + (4 * 4 + 1) * 6 + dense(2 * 2 * 6, 5, 1),
        ),
        ({"kind": "cnn", "filters": [4], "padding": "valid", "pool": 1}, [8, 8, 1], 40 + dense(6 * 6 * 4, 1)),
        ({"kind": "mlp", "units": [7, 3], "norm": "batch"}, [5], 5 * 7 + 4 * 7 + 7 * 3 + 4 * 3 + dense(3, 1)),
        ({"kind": "mlp", "units": [7], "norm": "layer"}, [5], 5 * 7 + 2 * 7 + dense(7, 1)),
        # The second layer has the width of its input, so that only the first needs another layer.
        ({"kind": "mlp", "units": [7, 7], "residual": True}, [5], 5 * 7 + dense(5, 7, 7, 1)),
        ({"kind": "conv1d", "filters": [4, 6]}, [9, 2], (3 * 2 + 1) * 4 + (3 * 4 + 1) * 6 + dense(2 * 6, 1)),
        (
            {"kind": "conv1d", "filters": [4], "padding": "valid", "pool": 1, "units": [5]},
            [9, 2],
            (3 * 2 + 1) * 4 + dense(7 * 4, 5, 1),
        ),
        (
            {"kind": "cnn", "filters": [4, 4], "residual": True, "average": True},
            [8, 8, 3],
            (9 * 3 + 1) * 4 + 3 * 4 + (9 * 4 + 1) * 4 + dense(4, 1),
        ),
        ({"kind": "simple_rnn", "cells": [6]}, [9, 2], recurrent(1, 2, 6) + dense(6, 1)),
        ({"kind": "lstm", "cells": [6]}, [9, 2], recurrent(4, 2, 6) + dense(6, 1)),
        ({"kind": "gru", "cells": [6]}, [9, 2], gru(2, 6) + dense(6, 1)),
        (
            {"kind": "lstm", "cells": [6, 4], "units": [3], "dropout": 0.1},
            [9, 2],
            recurrent(4, 2, 6) + recurrent(4, 6, 4) + dense(4, 3, 1),
        ),
        ({"kind": "lstm", "cells": [6]}, [28, 28, 1], recurrent(4, 28, 6) + dense(6, 1)),
        (
            {"kind": "cnn", "filters": [4, 6], "convolutions": 2},
            [8, 8, 3],
            sum((9 * a + 1) * b for a, b in ((3, 4), (4, 4), (4, 6), (6, 6))) + dense(2 * 2 * 6, 1),
        ),
        ({"kind": "cnn", "filters": [4], "batch_norm": True}, [8, 8, 1], 9 * 4 + 4 * 4 + dense(4 * 4 * 4, 1)),
        ({"kind": "cnn", "filters": [4], "average": True, "units": [5]}, [9, 7, 1], 40 + dense(4, 5, 1)),
        (
            {"kind": "cnn", "filters": [4], "augment": {"flip": True, "shift": 0.1}, "block_dropout": 0.5},
            [8, 8, 1],
            40 + dense(4 * 4 * 4, 1),
        ),
        ({"kind": "nlinear"}, [9, 2], dense(9 * 2, 1)),
        ({"kind": "dlinear", "average": 3}, [9, 2], dense(2 * 9 * 2, 1)),
        ({"kind": "transformer", "width": 6, "heads": 2}, [9, 2], transformer(9, 2, 6, 64, 1) + dense(6, 1)),
        (
            {"kind": "transformer", "width": 6, "heads": 3, "blocks": 2, "feed_forward": 5, "units": [4]},
            [9, 2],
            transformer(9, 2, 6, 5, 2) + dense(6, 4, 1),
        ),
    ],
)
def test_number_of_parameters(layers, shape, count):
    assert model_for(layers, shape).count_params() == count


def test_iris_has_the_published_number_of_parameters():
    settings = {"loss": "categorical_crossentropy", "output": "softmax"}
    model = model_for({"kind": "mlp", "units": [512, 256, 128, 64, 32]}, [4], class_target("one_hot", 3), **settings)
    assert model.count_params() == 177_219


BRANCHES = {
    "kind": "branches",
    "inputs": {"price": {"kind": "lstm", "cells": [5]}, "volume": {"kind": "mlp", "units": [4], "dropout": 0.2}},
    "units": [6],
}


def branches_model():
    inputs = {"price": input_spec(7, 2), "volume": input_spec(3)}
    return build(
        train_params(model=BRANCHES), fitted_data(inputs, {"high": value_target(), "both": value_target("a", "b")})
    )


def test_branches_are_concatenated_before_two_outputs():
    assert branches_model().count_params() == recurrent(4, 2, 5) + dense(3, 4) + dense(5 + 4, 6) + dense(6, 1) + dense(
        6, 2
    )


def test_layers_have_the_names_of_their_inputs_and_targets():
    assert {layer.name for layer in branches_model().layers} == {
        "price",
        "price_lstm_1",
        "volume",
        "volume_dense_1",
        "volume_dropout_1",
        "joined",
        "shared_dense_1",
        "high",
        "both",
    }
    cnn = model_for({"kind": "cnn", "filters": [2, 2], "units": [3], "dropout": 0.5}, [8, 8, 1])
    assert [layer.name for layer in cnn.layers] == (
        ["conv_1", "pool_1", "conv_2", "pool_2", "flatten", "dense_1", "dropout_1", "y"]
    )


def test_a_block_has_convolutions_pooling_and_dropout():
    layers = {"kind": "cnn", "filters": [2, 3], "convolutions": 2, "batch_norm": True, "block_dropout": 0.5}
    augment = {"flip": True, "shift": 0.1, "rotate": 0.1}
    model = model_for(layers | {"augment": augment, "average": True}, [8, 8, 1])
    convolutions = [[f"{kind}_{n}_{m}" for m in (1, 2) for kind in ("conv", "norm", "activation")] for n in (1, 2)]
    assert [layer.name for layer in model.layers] == [
        *("flip", "shift", "rotate"),
        *(*convolutions[0], "pool_1", "block_dropout_1"),
        *(*convolutions[1], "pool_2", "block_dropout_2"),
        *("average", "y"),
    ]


def test_only_the_given_augmentation_is_a_layer():
    model = model_for({"kind": "cnn", "filters": [2], "augment": {"shift": 0.1}}, [8, 8, 1])
    assert [layer.name for layer in model.layers] == ["shift", "conv_1", "pool_1", "flatten", "y"]


def test_a_transformer_may_be_a_branch():
    layers = {"kind": "branches", "inputs": {"price": {"kind": "transformer", "width": 4}}, "units": [3]}
    model = build(train_params(model=layers), fitted_data({"price": input_spec(5, 2)}, {"y": value_target()}))
    assert model.count_params() == transformer(5, 2, 4, 64, 1) + dense(4, 3, 1)
    assert {"price_steps", "price_attention_1", "price_average"} <= {layer.name for layer in model.layers}


def test_dropout_follows_every_dense_layer_of_a_recurrent_model():
    model = model_for({"kind": "gru", "cells": [3, 2], "units": [4, 2], "dropout": 0.5}, [4, 1])
    assert [layer.name for layer in model.layers] == (
        ["gru_1", "gru_2", "dense_1", "dropout_1", "dense_2", "dropout_2", "y"]
    )
    assert {layer.rate for layer in model.layers if "dropout" in layer.name} == {0.5}


@pytest.mark.parametrize(
    "build_once",
    [branches_model, lambda: model_for({"kind": "gru", "cells": [3, 2], "units": [2], "dropout": 0.5}, [4, 1])],
)
def test_models_do_not_depend_on_those_built_before(build_once):
    first, second = build_once(), build_once()
    one, other = (renumber_shared_objects(json.loads(model.to_json())) for model in (first, second))
    assert json.dumps(one) == json.dumps(other)
    assert weights(first) == weights(second)


def test_initial_weights_depend_on_the_seed():
    layers = {"kind": "mlp", "units": [3]}
    first, other = model_for(layers, [2], seed=1), model_for(layers, [2], seed=2)
    assert first.get_weights()[0].tolist() != other.get_weights()[0].tolist()


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ({"kind": "sgd", "learning_rate": 0.25, "momentum": 0.5}, {"learning_rate": 0.25, "momentum": 0.5}),
        ({"kind": "adam"}, {"learning_rate": 0.001, "beta_1": 0.9, "global_clipnorm": None, "weight_decay": None}),
        ({"kind": "adamw"}, {"learning_rate": 0.001, "weight_decay": 0.004}),
        ({"kind": "adamw", "weight_decay": 0.5, "clip_norm": 2.0}, {"weight_decay": 0.5, "global_clipnorm": 2.0}),
        ({"kind": "rmsprop", "learning_rate": 0.5}, {"learning_rate": 0.5, "rho": 0.9}),
    ],
)
def test_the_optimizer_has_the_given_settings(optimizer, settings):
    config = model_for({"kind": "linear"}, [1], optimizer=optimizer).optimizer.get_config()
    assert config["name"] == optimizer["kind"]
    assert {name: pytest.approx(config[name]) for name in settings} == settings


@pytest.mark.parametrize(
    ("loss", "output", "target", "expected"),
    [
        # A label of 1 becomes 0.8 + 0.2 / 3 of three classes, and the others 0.2 / 3; 0.9 and 0.1 of two.
        ("categorical_crossentropy", "softmax", class_target("one_hot", 3), -(0.8 * log(0.5) + 0.2 / 3 * log(1 / 32))),
        ("binary_crossentropy", "sigmoid", class_target("integer", 2), -(0.9 * log(0.5) + 0.1 * log(0.5))),
    ],
)
def test_label_smoothing_gives_a_share_of_each_label_to_all_classes(loss, output, target, expected):
    model = model_for({"kind": "linear"}, [2], target, loss=loss, output=output, label_smoothing=0.2)
    truth, predicted = ([[1.0]], [[0.5]]) if output == "sigmoid" else ([[1.0, 0, 0]], [[0.5, 0.25, 0.25]])
    value = float(model.compute_loss(y=np.array(truth), y_pred=np.array(predicted, np.float32)))
    assert value == pytest.approx(expected, rel=1e-5)


def test_a_sigmoid_over_two_classes_needs_one_unit():
    assert output_units(class_target("integer", 2), "binary_crossentropy") == 1
    assert output_units(class_target("integer", 2), "sparse_categorical_crossentropy") == 2
    assert output_units(class_target("one_hot", 3), "categorical_crossentropy") == 3
    assert output_units(value_target("y", "z"), "huber") == 2


@pytest.mark.parametrize("layers", [{"kind": "linear"}, {"kind": "gru", "cells": [3]}, {"kind": "transformer"}])
def test_a_forecast_relative_to_known_values_starts_at_zero(layers):
    """Without steps that are relative, it starts at random."""
    x = np.random.default_rng(0).normal(size=(2, 4, 2)).astype("float32")
    relative = value_target().model_copy(update={"window_steps": [FittedRelativeToLast()]})
    for target, is_zero in ((relative, True), (value_target(), False)):
        model = model_for(layers, [4, 2], target)
        outputs = model(x if isinstance(model, keras.Sequential) else {"x": x})
        assert (not np.asarray(outputs["y"] if isinstance(outputs, dict) else outputs).any()) == is_zero


def test_a_value_has_a_unit_for_each_quantile():
    assert output_units(value_target("y", "z"), "pinball", "linear", 3) == 6
    model = model_for({"kind": "linear"}, [5], value_target("y", "z"), loss="pinball", quantiles=[0.1, 0.5, 0.9])
    assert model.count_params() == dense(5, 6)


def rates(schedule, batches, epochs=4, rate=1.0):
    """Return the learning rate of each of these batches, counted from 0."""
    params = train_params(optimizer={"kind": "sgd", "learning_rate": rate, "schedule": schedule}, epochs=epochs)
    optimizer = build_optimizer(params, FITTED)
    found = []
    for batch in batches:
        optimizer.iterations.assign(batch)
        found.append(float(optimizer.learning_rate))
    return found


def first_batches(epochs):
    return [epoch * BATCHES for epoch in range(epochs)]


def test_cosine_decreases_over_all_epochs():
    assert rates({"kind": "cosine"}, [0, 6, 12], rate=0.5) == pytest.approx([0.5, 0.25, 0.0], abs=1e-7)
    every = [(1 + cos(pi * batch / 12)) / 2 for batch in range(12)]
    assert rates({"kind": "cosine"}, range(12)) == pytest.approx(every, abs=1e-6)


def test_cosine_with_warm_up():
    """Two epochs up, four down: 0 at first, the full rate after two epochs, half of it after four."""
    found = rates({"kind": "cosine", "warm_up": 2}, [0, 3, 6, 12, 18], epochs=6, rate=0.2)
    assert found == pytest.approx([0, 0.1, 0.2, 0.1, 0], abs=1e-7)


def test_exponential_decreases_once_per_epoch():
    schedule = {"kind": "exponential", "rate": 0.5}
    assert rates(schedule, first_batches(4)) == pytest.approx([1, 0.5, 0.25, 0.125])
    assert rates(schedule, range(BATCHES)) == pytest.approx([1, 1, 1])


def test_steps_decrease_after_the_given_epochs():
    """The first batch of the next epoch has the new rate, the last one before it the old."""
    schedule = {"kind": "steps", "after": [1, 3], "factor": 0.1}
    assert rates(schedule, first_batches(5)) == pytest.approx([1, 0.1, 0.1, 0.01, 0.01])
    assert rates(schedule, [2, 3, 8, 9]) == pytest.approx([1, 0.1, 0.1, 0.01])


def test_without_a_schedule_the_rate_is_constant():
    assert rates(None, [0, 100], rate=0.25) == [0.25, 0.25]


@pytest.mark.parametrize("kind", ["sgd", "adam", "rmsprop"])
def test_every_optimizer_takes_a_schedule(kind):
    params = train_params(optimizer={"kind": kind, "schedule": {"kind": "exponential", "rate": 0.5}})
    optimizer = build_optimizer(params, FITTED)
    optimizer.iterations.assign(BATCHES)
    assert float(optimizer.learning_rate) == pytest.approx(params.optimizer.learning_rate / 2)


def test_training_follows_the_schedule():
    params = train_params(optimizer={"kind": "sgd", "schedule": {"kind": "exponential", "rate": 0.5}}, epochs=2)
    model, _ = train(params, DATA)
    assert int(model.optimizer.iterations) == 2 * BATCHES
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01 / 4)


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine", "warm_up": 1},
        {"kind": "exponential", "rate": 0.5},
        {"kind": "steps", "after": [1], "factor": 0.5},
    ],
)
def test_a_schedule_is_saved_as_the_same_bytes(schedule, tmp_path):
    for name in ("one", "two"):
        params = train_params(optimizer={"kind": "adam", "schedule": schedule}, epochs=3)
        save_archive(build(params, FITTED), tmp_path / name / "model.keras")
    assert (tmp_path / "one/model.keras").read_bytes() == (tmp_path / "two/model.keras").read_bytes()
