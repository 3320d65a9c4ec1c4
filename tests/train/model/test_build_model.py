"""Models from their parameters: parameter counts by formula, names by rule, shapes that do not fit refused."""

import json

import pytest

from stages.core.errors import UserError
from stages.train.model.build_model import build
from stages.train.model.save_model import steady
from tests.train.made import an_input, classes, fitted, params, values


def model_of(body, shape, target=None, **terms):
    return build(params(model=body, **terms), fitted({"x": an_input(*shape)}, {"y": target or values()}))


def dense(inputs, *units):
    """(inputs + 1) weights a unit, layer after layer."""
    return sum((n + 1) * m for n, m in zip((inputs, *units), units, strict=False))


def cells(gates, inputs, units):
    """Every gate sees the inputs, its own last outputs and a bias."""
    return gates * (inputs + units + 1) * units


def gru(inputs, units):
    """Keras' GRU has two biases a gate."""
    return 3 * (inputs + units + 2) * units


def transformer(steps, columns, width, wide, blocks):
    """Steps with a bias each, then blocks: queries, keys, values and their joining, two norms, two dense layers."""
    block = 4 * dense(width, width) + 2 * 2 * width + dense(width, wide, width)
    return (columns + steps) * width + blocks * block


@pytest.mark.parametrize(
    ("body", "shape", "count"),
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
        ({"kind": "simple_rnn", "cells": [6]}, [9, 2], cells(1, 2, 6) + dense(6, 1)),
        ({"kind": "lstm", "cells": [6]}, [9, 2], cells(4, 2, 6) + dense(6, 1)),
        ({"kind": "gru", "cells": [6]}, [9, 2], gru(2, 6) + dense(6, 1)),
        (
            {"kind": "lstm", "cells": [6, 4], "units": [3], "dropout": 0.1},
            [9, 2],
            cells(4, 2, 6) + cells(4, 6, 4) + dense(4, 3, 1),
        ),
        ({"kind": "lstm", "cells": [6]}, [28, 28, 1], cells(4, 28, 6) + dense(6, 1)),
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
        ({"kind": "transformer", "width": 6, "heads": 2}, [9, 2], transformer(9, 2, 6, 64, 1) + dense(6, 1)),
        (
            {"kind": "transformer", "width": 6, "heads": 3, "blocks": 2, "feed_forward": 5, "units": [4]},
            [9, 2],
            transformer(9, 2, 6, 5, 2) + dense(6, 4, 1),
        ),
    ],
)
def test_parameters_by_formula(body, shape, count):
    assert model_of(body, shape).count_params() == count


def test_iris_has_the_published_count():
    terms = {"loss": "categorical_crossentropy", "output": "softmax"}
    model = model_of({"kind": "mlp", "units": [512, 256, 128, 64, 32]}, [4], classes("one_hot", 3), **terms)
    assert model.count_params() == 177_219


BRANCHES = {
    "kind": "branches",
    "inputs": {"price": {"kind": "lstm", "cells": [5]}, "volume": {"kind": "mlp", "units": [4], "dropout": 0.2}},
    "units": [6],
}


def branches():
    inputs = {"price": an_input(7, 2), "volume": an_input(3)}
    return build(params(model=BRANCHES), fitted(inputs, {"high": values(), "both": values("a", "b")}))


def test_branches_join_before_two_outputs():
    assert branches().count_params() == cells(4, 2, 5) + dense(3, 4) + dense(5 + 4, 6) + dense(6, 1) + dense(6, 2)


def test_every_layer_has_a_name_that_says_where_it_belongs():
    assert {layer.name for layer in branches().layers} == {
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
    cnn = model_of({"kind": "cnn", "filters": [2, 2], "units": [3], "dropout": 0.5}, [8, 8, 1])
    assert [layer.name for layer in cnn.layers] == (
        ["conv_1", "pool_1", "conv_2", "pool_2", "flatten", "dense_1", "dropout_1", "y"]
    )


def test_a_block_is_its_convolutions_a_pool_and_its_dropout():
    body = {"kind": "cnn", "filters": [2, 3], "convolutions": 2, "batch_norm": True, "block_dropout": 0.5}
    augment = {"flip": True, "shift": 0.1, "rotate": 0.1}
    model = model_of(body | {"augment": augment, "average": True}, [8, 8, 1])
    convolutions = [[f"{kind}_{n}_{m}" for m in (1, 2) for kind in ("conv", "norm", "activation")] for n in (1, 2)]
    assert [layer.name for layer in model.layers] == [
        *("flip", "shift", "rotate"),
        *(*convolutions[0], "pool_1", "block_dropout_1"),
        *(*convolutions[1], "pool_2", "block_dropout_2"),
        *("average", "y"),
    ]


def test_only_what_is_asked_for_is_done_to_pictures():
    model = model_of({"kind": "cnn", "filters": [2], "augment": {"shift": 0.1}}, [8, 8, 1])
    assert [layer.name for layer in model.layers] == ["shift", "conv_1", "pool_1", "flatten", "y"]


def test_a_transformer_may_be_a_branch():
    body = {"kind": "branches", "inputs": {"price": {"kind": "transformer", "width": 4}}, "units": [3]}
    model = build(params(model=body), fitted({"price": an_input(5, 2)}, {"y": values()}))
    assert model.count_params() == transformer(5, 2, 4, 64, 1) + dense(4, 3, 1)
    assert {"price_steps", "price_attention_1", "price_average"} <= {layer.name for layer in model.layers}


def test_dropout_follows_every_dense_layer_of_a_recurrent_model_too():
    model = model_of({"kind": "gru", "cells": [3, 2], "units": [4, 2], "dropout": 0.5}, [4, 1])
    assert [layer.name for layer in model.layers] == (
        ["gru_1", "gru_2", "dense_1", "dropout_1", "dense_2", "dropout_2", "y"]
    )
    assert {layer.rate for layer in model.layers if "dropout" in layer.name} == {0.5}


@pytest.mark.parametrize(
    "make", [branches, lambda: model_of({"kind": "gru", "cells": [3, 2], "units": [2], "dropout": 0.5}, [4, 1])]
)
def test_what_was_built_before_does_not_show(make):
    first, second = make(), make()
    assert json.dumps(steady(json.loads(first.to_json()))) == json.dumps(steady(json.loads(second.to_json())))
    assert [w.tobytes() for w in first.get_weights()] == [w.tobytes() for w in second.get_weights()]


def test_the_seed_decides_the_initial_weights():
    body = {"kind": "mlp", "units": [3]}
    first, other = model_of(body, [2], seed=1), model_of(body, [2], seed=2)
    assert first.get_weights()[0].tolist() != other.get_weights()[0].tolist()


@pytest.mark.parametrize(
    ("body", "shape", "told"),
    [
        ({"kind": "cnn", "filters": [2]}, [4], "cnn takes pictures; this input has shape [4]"),
        ({"kind": "lstm", "cells": [2]}, [8, 8, 3], "lstm takes steps of columns; this input has shape [8, 8, 3]"),
        ({"kind": "lstm", "cells": [2]}, [28, 28, 3], "lstm takes steps of columns; this input has shape [28, 28, 3]"),
        ({"kind": "transformer"}, [4], "transformer takes steps of columns; this input has shape [4]"),
        ({"kind": "transformer"}, [8, 8, 1], "transformer takes steps of columns; this input has shape [8, 8, 1]"),
        ({"kind": "transformer", "width": 6, "heads": 4}, [8, 2], "4 heads do not share a width of 6 evenly"),
        (
            {"kind": "cnn", "filters": [2], "convolutions": 4, "padding": "valid"},
            [8, 8, 1],
            "1 layers of kernel 3 (valid)",
        ),
        ({"kind": "simple_rnn", "cells": [2]}, [4], "simple_rnn takes steps of columns; this input has shape [4]"),
        ({"kind": "cnn", "filters": [2, 2, 2, 2]}, [8, 9, 1], "4 layers of kernel 3 (same) and pool 2 shrink [8, 9]"),
        ({"kind": "cnn", "filters": [2], "kernel": 9, "padding": "valid"}, [9, 8, 1], "1 layers of kernel 9 (valid)"),
        (
            {"kind": "cnn", "filters": [2, 2], "kernel": 5, "padding": "valid"},
            [8, 8, 1],
            "2 layers of kernel 5 (valid)",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(body, shape, told):
    with pytest.raises(UserError) as caught:
        model_of(body, shape)
    assert str(caught.value).startswith(f"train.model: {told}")


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "cnn", "filters": [2, 2, 2]},
        {"kind": "cnn", "filters": [2], "kernel": 8, "padding": "valid", "pool": 1},
        {"kind": "cnn", "filters": [2, 2], "kernel": 3, "padding": "valid", "pool": 1},
        {"kind": "cnn", "filters": [2], "kernel": 9, "padding": "same"},
        {"kind": "cnn", "filters": [2], "convolutions": 3, "padding": "valid"},
    ],
)
def test_shapes_that_just_fit_are_built(body):
    assert model_of(body, [8, 8, 1]).output_shape == (None, 1)


def test_several_inputs_need_branches_that_name_them_all():
    two = fitted({"price": an_input(2), "volume": an_input(2)}, {"y": values()})
    with pytest.raises(UserError, match=r"train\.model: 2 inputs \(price, volume\) need kind: branches"):
        build(params(), two)
    with pytest.raises(UserError) as caught:
        build(params(model={"kind": "branches", "inputs": {"prise": {"kind": "linear"}}}), two)
    assert caught.value.messages == (
        "train.model.inputs: no 'prise'; did you mean price?",
        "train.model.inputs: nothing for input 'price'",
        "train.model.inputs: nothing for input 'volume'",
    )


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ({"kind": "sgd", "learning_rate": 0.25, "momentum": 0.5}, {"learning_rate": 0.25, "momentum": 0.5}),
        ({"kind": "adam"}, {"learning_rate": 0.001, "beta_1": 0.9}),
        ({"kind": "rmsprop", "learning_rate": 0.5}, {"learning_rate": 0.5, "rho": 0.9}),
    ],
)
def test_the_optimizer_has_the_rates_that_were_given(optimizer, settings):
    config = model_of({"kind": "linear"}, [1], optimizer=optimizer).optimizer.get_config()
    assert config["name"] == optimizer["kind"]
    assert {name: pytest.approx(config[name]) for name in settings} == settings
