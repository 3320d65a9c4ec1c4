"""The models nlinear and dlinear against numbers worked out by NumPy."""

import numpy as np
import pytest

from stages.core.columns.series.window_steps import FittedRelativeToLast
from tests.train.small_data import (
    build,
    class_target,
    fitted_data,
    input_spec,
    random_data,
    target_in_input,
    train,
    train_params,
    value_target,
    window_input,
)

NLINEAR = {"kind": "nlinear"}
X = {"x": window_input(5, "a", "b", "c")}
WINDOWS = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")
B_AND_C = WINDOWS[:, -1, 1:]


def model_for(layers, inputs, targets, **settings):
    return build(train_params(model=layers, **settings), fitted_data(inputs, targets))


def outputs_of(model, **inputs):
    return {name: np.asarray(array) for name, array in model(inputs).items()}


def hidden_output(model, layer, **inputs):
    """What a hidden layer returns."""
    import keras

    return np.asarray(keras.Model(model.inputs, model.get_layer(layer).output)(inputs))


def moving_average(windows, average):
    """With the first and the last step repeated at the ends."""
    half = average // 2
    padded = np.pad(windows, ((0, 0), (half, half), (0, 0)), mode="edge")
    return np.stack([padded[:, n : n + average].mean(axis=1) for n in range(windows.shape[1])], axis=1)


def test_nlinear_starts_as_the_last_values_of_the_target():
    model = model_for(NLINEAR, X, {"y": target_in_input("x", "b", "c")})
    np.testing.assert_array_equal(outputs_of(model, x=WINDOWS)["y"], B_AND_C)


def test_nlinear_adds_a_linear_layer_over_the_window_without_its_last_values():
    model = model_for(NLINEAR, X, {"y": target_in_input("x", "b", "c")})
    kernel, bias = np.random.default_rng(1).normal(size=(15, 2)), np.array([0.5, -1])
    model.get_layer("window_change_1").set_weights([kernel, bias])
    changes = (WINDOWS - WINDOWS[:, -1:]).reshape(4, 15) @ kernel + bias
    np.testing.assert_allclose(outputs_of(model, x=WINDOWS)["y"], B_AND_C + changes, rtol=1e-4, atol=1e-5)


def test_nlinear_adds_the_last_values_to_each_quantile():
    settings = {"loss": "pinball", "quantiles": [0.1, 0.5, 0.9]}
    model = model_for(NLINEAR, X, {"y": target_in_input("x", "b", "c")}, **settings)
    np.testing.assert_array_equal(outputs_of(model, x=WINDOWS)["y"], np.tile(B_AND_C, 3))


def test_nlinear_adds_the_last_values_at_every_step_ahead():
    target = target_in_input("x", "b", "c", step_count=4)
    np.testing.assert_array_equal(outputs_of(model_for(NLINEAR, X, {"y": target}), x=WINDOWS)["y"], np.tile(B_AND_C, 4))


@pytest.mark.parametrize("columns", [("c", "a"), ("a", "c"), ("c", "a", "b")])
def test_nlinear_adds_columns_that_are_not_side_by_side(columns):
    model = model_for(NLINEAR, X, {"y": value_target(*columns).model_copy(update={"step_count": 2})})
    last = WINDOWS[:, -1, ["abc".index(column) for column in columns]]
    np.testing.assert_array_equal(outputs_of(model, x=WINDOWS)["y"], np.tile(last, 2))


def test_nlinear_adds_nothing_to_a_target_that_is_relative():
    """Its forecast starts at zero."""
    target = target_in_input("x", "b", "c", window_steps=[FittedRelativeToLast()])
    assert not outputs_of(model_for(NLINEAR, X, {"y": target}), x=WINDOWS)["y"].any()


def test_nlinear_adds_the_columns_of_each_target():
    model = model_for(NLINEAR, X, {"y": target_in_input("x", "c"), "z": target_in_input("x", "a", "b")})
    found = outputs_of(model, x=WINDOWS)
    np.testing.assert_array_equal(found["y"], WINDOWS[:, -1, 2:])
    np.testing.assert_array_equal(found["z"], WINDOWS[:, -1, :2])


def test_nlinear_adds_nothing_to_a_class():
    """The output layer has the target's name."""
    settings = {"loss": "categorical_crossentropy", "output": "softmax"}
    model = model_for(NLINEAR, X, {"kind": class_target("one_hot", 3)}, **settings)
    assert [layer.name for layer in model.layers] == [
        "x", "window_last_step", "window_without_last", "flatten", "kind"
    ]  # fmt: skip


def test_nlinear_as_a_branch_adds_the_last_values_of_its_input():
    inputs = {"x": window_input(5, "a", "b", "c"), "more": input_spec(2)}
    branches = {"kind": "branches", "inputs": {"x": NLINEAR, "more": {"kind": "linear"}}, "units": [4]}
    model = model_for(branches, inputs, {"y": target_in_input("x", "b", "c"), "z": value_target()})
    found = outputs_of(model, x=WINDOWS, more=np.ones((4, 2), np.float32))
    np.testing.assert_array_equal(found["y"], B_AND_C)
    assert found["z"].any()
    assert {"x_window_without_last", "x_flatten", "window_change_1", "y", "z"} <= {layer.name for layer in model.layers}


def test_a_target_in_the_input_of_another_kind_of_branch_gets_nothing_added():
    inputs = {"x": window_input(5, "a", "b", "c"), "more": window_input(5, "d")}
    branches = {"kind": "branches", "inputs": {"x": {"kind": "linear"}, "more": NLINEAR}}
    names = {layer.name for layer in model_for(branches, inputs, {"y": target_in_input("x", "b")}).layers}
    assert not any(name.startswith("window_") for name in names)


@pytest.mark.parametrize("average", [3, 5, 25])
def test_dlinear_is_a_linear_layer_over_the_trend_and_one_over_the_remainder(average):
    """Also where the average is longer than the window."""
    model = model_for({"kind": "dlinear", "average": average}, X, {"y": value_target("p", "q")})
    trend = moving_average(WINDOWS, average)
    np.testing.assert_allclose(hidden_output(model, "window_trend", x=WINDOWS), trend, rtol=1e-4, atol=1e-6)
    random = np.random.default_rng(1)
    of_trend, of_remainder, bias = random.normal(size=(5, 3, 2)), random.normal(size=(5, 3, 2)), random.normal(size=2)
    # The columns of the trend, then those of the remainder, in each step.
    model.get_layer("y").set_weights([np.concatenate([of_trend, of_remainder], axis=1).reshape(30, 2), bias])
    expected = (
        np.einsum("nsc,scu->nu", trend, of_trend) + np.einsum("nsc,scu->nu", WINDOWS - trend, of_remainder) + bias
    )
    np.testing.assert_allclose(outputs_of(model, x=WINDOWS)["y"], expected, rtol=1e-4, atol=1e-5)


def test_the_trend_by_hand():
    model = model_for({"kind": "dlinear", "average": 3}, {"x": window_input(4, "a")}, {"y": value_target()})
    window = np.array([[[3.0], [6.0], [0.0], [9.0]]], np.float32)
    # (3 + 3 + 6) / 3, (3 + 6 + 0) / 3, (6 + 0 + 9) / 3, (0 + 9 + 9) / 3
    assert hidden_output(model, "window_trend", x=window).ravel().tolist() == [4, 3, 5, 6]
    assert hidden_output(model, "window_remainder", x=window).ravel().tolist() == [-1, 3, -5, 3]


@pytest.mark.parametrize("layers", [NLINEAR, {"kind": "dlinear", "average": 3}])
def test_both_engines_train_the_same(layers):
    data = random_data(X, {"y": target_in_input("x", "b", "c")})
    histories = [
        train(train_params(model=layers, engine=engine, epochs=3), data)[1].history for engine in ("plain", "fused")
    ]
    for plain, fused in zip(*histories, strict=True):
        assert plain == pytest.approx(fused, rel=1e-4)
