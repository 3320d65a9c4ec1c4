"""Shapes of inputs that the hidden layers cannot take are refused, and those that just fit are not."""

import pytest

from stages.core.errors import UserError
from stages.train.model.check_input_shapes import check_input_shapes
from tests.train.small_data import build, fitted_data, input_spec, train_params, value_target


def check(layers, **shapes):
    check_input_shapes(train_params(model=layers).model, {name: input_spec(*shape) for name, shape in shapes.items()})


def errors(layers, **shapes):
    with pytest.raises(UserError) as caught:
        check(layers, **shapes)
    return list(caught.value.messages)


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ({"kind": "lstm", "cells": [2]}, [8, 8, 3]),
        ({"kind": "lstm", "cells": [2]}, [28, 28, 3]),
        ({"kind": "simple_rnn", "cells": [2]}, [4]),
        ({"kind": "transformer"}, [4]),
        ({"kind": "transformer"}, [8, 8, 1]),
    ],
)
def test_recurrent_layers_and_transformers_need_steps(layers, shape):
    message = f"train.model: {layers['kind']} needs inputs of shape [steps, columns]; this input has shape {shape}"
    assert errors(layers, x=shape) == [message]


def test_convolutions_need_images():
    assert errors({"kind": "cnn", "filters": [2]}, x=[4]) == ["train.model: cnn needs images; this input has shape [4]"]


def test_the_width_of_a_transformer_is_divided_among_its_heads():
    [message] = errors({"kind": "transformer", "width": 6, "heads": 4}, x=[8, 2])
    assert message == "train.model: width 6 is not divisible by heads 4"


@pytest.mark.parametrize(
    ("cnn", "shape", "message"),
    [
        ({"filters": [2, 2, 2, 2]}, [8, 9, 1], "4 blocks with kernel 3 (same) and pool 2 leave no pixels of [8, 9]"),
        ({"filters": [2], "convolutions": 4, "padding": "valid"}, [8, 8, 1], "1 blocks with kernel 3 (valid)"),
        ({"filters": [2], "kernel": 9, "padding": "valid"}, [9, 8, 1], "1 blocks with kernel 9 (valid)"),
        ({"filters": [2, 2], "kernel": 5, "padding": "valid"}, [8, 8, 1], "2 blocks with kernel 5 (valid)"),
    ],
)
def test_convolutions_that_leave_no_pixels(cnn, shape, message):
    [error] = errors({"kind": "cnn"} | cnn, x=shape)
    assert error.startswith(f"train.model: {message}")


@pytest.mark.parametrize(
    "cnn",
    [
        {"filters": [2, 2, 2]},
        {"filters": [2], "kernel": 8, "padding": "valid", "pool": 1},
        {"filters": [2, 2], "kernel": 3, "padding": "valid", "pool": 1},
        {"filters": [2], "kernel": 9, "padding": "same"},
        {"filters": [2], "convolutions": 3, "padding": "valid"},
    ],
)
def test_convolutions_that_leave_some_pixels(cnn):
    layers = {"kind": "cnn"} | cnn
    check(layers, x=[8, 8, 1])
    model = build(train_params(model=layers), fitted_data({"x": input_spec(8, 8, 1)}, {"y": value_target()}))
    assert model.output_shape == (None, 1)


def test_several_inputs_need_a_branch_each():
    two = {"price": [2], "volume": [2]}
    assert errors({"kind": "linear"}, **two) == ["train.model: 2 inputs (price, volume) need kind: branches"]
    assert errors({"kind": "branches", "inputs": {"prise": {"kind": "linear"}}}, **two) == [
        "train.model.inputs: no input 'prise'; did you mean price?",
        "train.model.inputs: no branch for input 'price'",
        "train.model.inputs: no branch for input 'volume'",
    ]
