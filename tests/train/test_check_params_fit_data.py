"""Parameters and data that do not fit together are refused."""

from itertools import product
from typing import get_args

import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.train.check_params_fit_data import (
    check_input_shapes,
    check_layer_names,
    check_losses,
    check_training,
    metric_names,
)
from stages.train.params import OutputActivation
from stages.train.params.loss_params import LOSSES
from tests.train.small_data import (
    build,
    category_ids_input,
    class_target,
    fitted_data,
    input_spec,
    random_data,
    text_ids_input,
    tf_idf_input,
    train_params,
    value_target,
    window_over,
)

TARGETS = {
    "one_hot": class_target("one_hot", 3),
    "two one_hot": class_target("one_hot", 2),
    "integer": class_target("integer", 3),
    "two integer": class_target("integer", 2),
    "values": value_target("y", "z"),
}
ALLOWED = {
    ("one_hot", "categorical_crossentropy", "softmax"),
    ("two one_hot", "categorical_crossentropy", "softmax"),
    ("integer", "sparse_categorical_crossentropy", "softmax"),
    ("two integer", "sparse_categorical_crossentropy", "softmax"),
    ("two integer", "binary_crossentropy", "sigmoid"),
    ("values", "mean_squared_error", "linear"),
    ("values", "mean_absolute_error", "linear"),
    ("values", "huber", "linear"),
    ("values", "pinball", "linear"),
}
REFUSED = sorted(set(product(TARGETS, LOSSES, get_args(OutputActivation))) - ALLOWED)
TWO_VALUES = {"y": value_target(), "z": value_target()}
LSTM, TRANSFORMER = {"kind": "lstm", "cells": [2]}, {"kind": "transformer"}


def messages_of(check, *args):
    with pytest.raises(UserError) as caught:
        check(*args)
    return list(caught.value.messages)


def loss_errors(targets, **settings):
    return messages_of(check_losses, train_params(**quantiles_for(settings.get("loss")) | settings), targets)


def quantiles_for(loss):
    return {"quantiles": [0.1, 0.5, 0.9]} if loss == "pinball" else {}


def check_names(inputs, targets):
    check_layer_names(fitted_data({n: input_spec(2) for n in inputs}, {n: value_target(n) for n in targets}))


def check_shapes(layers, **shapes):
    check_input_shapes(train_params(model=layers).model, {name: input_spec(*shape) for name, shape in shapes.items()})


def shape_errors(layers, **shapes):
    return messages_of(lambda: check_shapes(layers, **shapes))


@pytest.mark.parametrize(
    ("settings", "start", "way_out"),
    [
        (
            {"monitor": "val_loss"},
            "train.monitor: received val_loss, but there is no validation split",
            "use monitor: loss or set preprocess.split.validation",
        ),
        ({"refit": True, "monitor": "loss"}, "train.refit: there is no validation split", "remove the key"),
    ],
)
def test_monitor_and_refit_need_a_validation_split(settings, start, way_out):
    data = random_data({"x": input_spec(3)}, {"y": value_target()}, validation=0)
    [message] = messages_of(check_training, train_params(**settings), data)
    assert message.startswith(start)
    assert message.endswith(way_out)


def test_refit_cannot_join_the_windows_of_two_splits():
    """Windows across the border would have rows of both."""
    data = random_data({"x": input_spec(1)}, {"y": value_target()})
    splits = {"train": 8, "validation": 2}
    fitted = data.fitted.model_copy(update={"window": window_over(2, 1, 1), "splits": splits})
    [message] = messages_of(check_training, train_params(refit=True), ProcessedData(fitted, data.splits))
    assert message.startswith("train.refit: windows of the training and validation splits cannot be joined")


def test_names_of_columns_are_allowed():
    check_names(["x"], ["y", "petal_width-2.b"])


@pytest.mark.parametrize("name", ["petal width (cm)", "größe", "a:b", "a/b"])
def test_characters_that_no_layer_name_may_have(name):
    [message] = messages_of(check_names, ["x"], [name])
    assert message.startswith(f"train: {name!r} is not a layer name; use ASCII letters, digits, _, - and .")
    assert message.endswith(f"preprocess.targets: {{y: {name}}}")


def test_an_input_and_a_target_of_the_same_name():
    [message] = messages_of(check_names, ["x"], ["x"])
    assert message.startswith("train: an input and a target have the same name 'x'")
    assert message.endswith("preprocess.targets: {y: x}")


@pytest.mark.parametrize(
    "name",
    ["dense_1", "flatten", "joined", "left_lstm_2", "shared_dense_1", "average", "left_steps", "norm_in_2", "conv_1_2"],
)
def test_names_of_hidden_layers_are_refused(name):
    """The layers of a branch have the name of its input as prefix."""
    [message] = messages_of(check_names, ["left"], [name])
    assert message.startswith(f"train: {name!r} is the name of one of the model's layers")


@pytest.mark.parametrize(
    "name", ["window_trend", "left_window_last_values", "window_first_repeated", "window_change_2", "window_as_row_1"]
)
def test_names_of_layers_over_windows_are_refused(name):
    [message] = messages_of(check_names, ["left"], [name])
    assert message.startswith(f"train: {name!r} is the name of one of the model's layers")


@pytest.mark.parametrize(
    "name",
    [
        "trend",
        "remainder",
        "window_first",
        "change_1",
        "moving_average",
        "rowsum",
        "shifts",
        "activations",
        "average_1",
        "no_steps",
    ],
)
def test_names_similar_to_hidden_layers_are_allowed(name):
    check_names(["x"], [name])


def test_all_errors_of_names_are_reported_together():
    assert len(messages_of(check_names, ["a b", "x"], ["x", "dense_1"])) == 3


@pytest.mark.parametrize(("target", "loss", "output"), sorted(ALLOWED))
def test_allowed_losses_and_outputs(target, loss, output):
    check_losses(train_params(loss=loss, output=output, **quantiles_for(loss)), {"t": TARGETS[target]})


@pytest.mark.parametrize(("target", "loss", "output"), REFUSED)
def test_an_error_lists_what_the_target_needs(target, loss, output):
    [message] = loss_errors({"t": TARGETS[target]}, loss=loss, output=output)
    assert message.endswith(f"received {loss} with {output}")
    for _, loss_needed, output_needed in (allowed for allowed in ALLOWED if allowed[0] == target):
        assert f"loss {loss_needed} with output {output_needed}" in message


def test_an_error_says_what_the_target_has():
    assert loss_errors({"kind": class_target("one_hot", 3)}, loss="binary_crossentropy", output="sigmoid") == [
        "train: target kind has 3 classes as one_hot labels and needs "
        "loss categorical_crossentropy with output softmax; received binary_crossentropy with sigmoid"
    ]


def test_one_loss_for_all_targets_or_one_for_each():
    assert train_params(loss="huber").losses(TWO_VALUES) == {"y": "huber", "z": "huber"}
    by_target = {"z": "huber", "y": "mean_squared_error"}
    assert train_params(loss=by_target).losses(TWO_VALUES) == by_target


def test_unknown_targets_and_targets_without_a_loss():
    targets = {"price": value_target(), "volume": value_target()}
    assert loss_errors(targets, loss={"prise": "huber", "volume": "huber"}) == [
        "train.loss: no target 'prise'; did you mean price?",
        "train.loss: no loss for target 'price'",
    ]


CLASS_AND_VALUE = {"kind": class_target("one_hot", 3), "price": value_target()}
BY_TARGET = {
    "output": {"kind": "softmax", "price": "linear"},
    "loss": {"kind": "categorical_crossentropy", "price": "huber"},
    "metrics": {"kind": ["accuracy"]},
}


def test_targets_of_different_kinds_have_their_own_outputs_losses_and_metrics():
    params = train_params(**BY_TARGET, loss_weights={"price": 2}, monitor="val_kind_accuracy")
    check_losses(params, CLASS_AND_VALUE)
    assert metric_names(params, CLASS_AND_VALUE) == ["loss", "kind_loss", "kind_accuracy", "price_loss"]


@pytest.mark.error_case("training parameters that do not fit the data")
@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        (
            {"output": "softmax"},
            [
                "train: target price has values and needs loss mean_squared_error with output linear or loss "
                "mean_absolute_error with output linear or loss huber with output linear or loss pinball with output "
                "linear; received huber with softmax"
            ],
        ),
        (
            {"output": {"kind": "softmax", "prise": "linear"}},
            [
                "train.output: no target 'prise'; did you mean price?",
                "train.output: no output for target 'price'",
            ],
        ),
        (
            {"metrics": {"prise": ["accuracy"]}, "loss_weights": {"knd": 1}},
            [
                "train.metrics: no target 'prise'; did you mean price?",
                "train.loss_weights: no target 'knd'; did you mean kind?",
            ],
        ),
        (
            {"metrics": ["accuracy"]},
            [
                "train.metrics: accuracy does not fit target price, which has values; allowed: mean_squared_error, "
                "mean_absolute_error"
            ],
        ),
    ],
)
def test_settings_by_target_that_do_not_fit(changes, messages):
    assert loss_errors(CLASS_AND_VALUE, **BY_TARGET | changes) == messages


@pytest.mark.error_case("training parameters that do not fit the data")
def test_weights_of_losses_are_for_several_targets():
    assert loss_errors({"y": value_target()}, loss_weights={"y": 2}) == [
        "train.loss_weights: they weigh the losses of several targets, but there is one; take them out"
    ]


def test_the_errors_of_all_targets_are_reported_together():
    messages = loss_errors({"y": class_target("one_hot", 3), "z": value_target()}, loss="huber", output="softmax")
    assert [message.split(" has")[0] for message in messages] == ["train: target y", "train: target z"]


@pytest.mark.parametrize(
    ("target", "outputs"),
    [
        ("one_hot", ["softmax"]),
        ("integer", ["softmax"]),
        ("two integer", ["softmax", "sigmoid"]),
        ("values", ["linear", "sigmoid"]),
    ],
)
def test_an_own_loss_fits_the_outputs_that_are_probabilities_or_values(target, outputs):
    for output in get_args(OutputActivation):
        params = train_params(loss="mine.py:my_loss", output=output, metrics=["mine.py:my_metric"])
        if output in outputs:
            check_losses(params, {"t": TARGETS[target]})
        else:
            [message] = messages_of(check_losses, params, {"t": TARGETS[target]})
            assert message.endswith(f"received mine.py:my_loss with {output}")


def test_an_own_metric_is_monitored_by_the_name_of_its_function():
    params = train_params(metrics=["mine.py:top"], monitor="val_z_top")
    check_losses(params, TWO_VALUES)
    assert metric_names(params, {"y": value_target()}) == ["loss", "top"]


def test_only_cross_entropies_have_label_smoothing():
    [message] = loss_errors({"y": value_target()}, label_smoothing=0.1)
    assert message.startswith("train.label_smoothing: mean_squared_error of target y has none; allowed: categorical")
    settings = {"label_smoothing": 0.1, "loss": "categorical_crossentropy", "output": "softmax"}
    check_losses(train_params(**settings), {"y": class_target("one_hot", 3)})


def test_own_models_take_any_inputs_and_names():
    own = {"kind": "own", "build": "mine.py:build"}
    check_shapes(own, a=[3], b=[4, 2], c=[8, 8, 1])
    data = random_data({"x": input_spec(3)}, {"dense_1": value_target()})
    check_training(train_params(model=own), data)


@pytest.mark.parametrize(
    ("layers", "shape", "problem"),
    [
        ({"filters": [2]}, [8, 8, 1], "conv1d needs inputs of shape [steps, columns]"),
        ({"filters": [2]}, [3], "conv1d needs inputs of shape [steps, columns]"),
        ({"filters": [2, 2, 2]}, [6, 1], "3 blocks with kernel 3 (same) and pool 2 leave no steps of [6]"),
        ({"filters": [2], "padding": "valid", "kernel": 7}, [6, 1], "1 blocks with kernel 7 (valid) and pool 2 leave"),
    ],
)
def test_convolutions_over_steps_need_enough_steps(layers, shape, problem):
    [message] = shape_errors({"kind": "conv1d"} | layers, x=shape)
    assert message.startswith(f"train.model: {problem}")


def test_a_causal_convolution_loses_no_steps():
    check_shapes({"kind": "conv1d", "filters": [2], "padding": "causal", "kernel": 9}, x=[2, 1])


def test_accuracy_is_for_classes_and_errors_are_for_values():
    assert loss_errors({"y": value_target()}, metrics=["accuracy"]) == [
        "train.metrics: accuracy does not fit target y, which has values; "
        "allowed: mean_squared_error, mean_absolute_error"
    ]
    [message] = loss_errors(
        {"y": class_target("integer", 3)},
        loss="sparse_categorical_crossentropy",
        output="softmax",
        metrics=["accuracy", "mean_squared_error"],
    )
    assert message.startswith("train.metrics: mean_squared_error does not fit target y, which has 3 classes as integer")


def test_metrics_of_several_targets_have_their_names_as_prefix():
    params = train_params(metrics=["mean_absolute_error"])
    assert metric_names(params, {"y": value_target()}) == ["loss", "mean_absolute_error"]
    names = ["loss", "y_loss", "y_mean_absolute_error", "z_loss", "z_mean_absolute_error"]
    assert metric_names(params, TWO_VALUES) == names


def test_a_monitor_without_its_target_gets_a_suggestion():
    metric = "mean_absolute_error"
    assert loss_errors(TWO_VALUES, metrics=[metric], monitor=f"val_{metric}") == [
        f"train.monitor: 'val_{metric}' is not recorded; did you mean val_z_{metric}?"
    ]
    check_losses(train_params(metrics=[metric], monitor="val_y_loss"), TWO_VALUES)


def test_a_class_and_the_quantiles_of_a_value():
    by_target = {"loss": {"kind": "categorical_crossentropy", "price": "pinball"}, "quantiles": [0.5]}
    check_losses(train_params(**BY_TARGET | by_target), CLASS_AND_VALUE)


@pytest.mark.error_case("training parameters that do not fit the data")
def test_nlinear_needs_two_steps():
    [message] = shape_errors({"kind": "nlinear"}, x=[1, 2])
    assert message.startswith("train.model: nlinear subtracts the last step, which leaves nothing of a window of one")
    check_shapes({"kind": "nlinear"}, x=[2, 1])


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ({"kind": "nlinear"}, [4]),
        ({"kind": "dlinear"}, [8, 8, 3]),
        (LSTM, [8, 8, 3]),
        (LSTM, [28, 28, 3]),
        ({"kind": "simple_rnn", "cells": [2]}, [4]),
        (TRANSFORMER, [4]),
        (TRANSFORMER, [8, 8, 1]),
    ],
)
def test_recurrent_layers_and_transformers_need_steps(layers, shape):
    message = f"train.model: {layers['kind']} needs inputs of shape [steps, columns]; this input has shape {shape}"
    assert shape_errors(layers, x=shape) == [message]


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ({"kind": "cnn", "filters": [2]}, [4], "train.model: cnn needs images; this input has shape [4]"),
        (TRANSFORMER | {"width": 6, "heads": 4}, [8, 2], "train.model: width 6 is not divisible by heads 4"),
    ],
)
def test_convolutions_need_images_and_heads_need_an_equal_share_of_the_width(layers, shape, message):
    assert shape_errors(layers, x=shape) == [message]


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
    [error] = shape_errors({"kind": "cnn"} | cnn, x=shape)
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
    check_shapes(layers, x=[8, 8, 1])
    model = build(train_params(model=layers), fitted_data({"x": input_spec(8, 8, 1)}, {"y": value_target()}))
    assert model.output_shape == (None, 1)


def ids_errors(model, **inputs):
    return messages_of(lambda: check_input_shapes(train_params(model=model).model, inputs))


WORDS, PORT, NUMBERS = text_ids_input(6, 4), category_ids_input(4), input_spec(3)
# In a window of five steps.
PORTS = category_ids_input(6, steps=5)


@pytest.mark.parametrize(
    ("model", "spec", "facts"),
    [
        (LSTM, WORDS, ("train.model: lstm cannot take the ids of column message", "kind: embedding")),
        (TRANSFORMER, WORDS, ("train.model: transformer cannot take the ids",)),
        ({"kind": "cnn", "filters": [2]}, PORT, ("train.model: cnn cannot take the ids of column port",)),
        ({"kind": "embedding"}, NUMBERS, ("train.model: embedding takes ids", "numbers")),
        ({"kind": "embedding"}, tf_idf_input(5), ("train.model: embedding takes ids",)),
        ({"kind": "embedding", "body": "gru"}, PORT, ("body gru", "column port is one category", "average")),
        ({"kind": "embedding", "body": {"kind": "transformer", "heads": 3}}, WORDS, ("width 32", "heads 3")),
        ({"kind": "embedding", "body": {"kind": "transformer", "heads": 2}}, PORTS, ("width 3", "heads 2")),
        (LSTM, PORTS, ("train.model: lstm cannot take the ids of column port",)),
        ({"kind": "nlinear"}, PORTS, ("train.model: nlinear cannot take the ids of column port",)),
    ],
)
def test_layers_that_cannot_take_an_input(model, spec, facts):
    [message] = ids_errors(model, x=spec)
    assert all(fact in message for fact in facts), message


def test_branches_that_cannot_take_their_inputs():
    branches = {"text": LSTM, "port": {"kind": "linear"}, "x": {"kind": "embedding"}}
    messages = ids_errors({"kind": "branches", "inputs": branches}, text=WORDS, port=PORT, x=NUMBERS)
    assert [message.partition(":")[0] for message in messages] == [
        "train.model.inputs.text",
        "train.model.inputs.port",
        "train.model.inputs.x",
    ]


@pytest.mark.parametrize("model", [{"kind": "linear"}, {"kind": "mlp", "units": [2]}])
def test_models_that_take_inputs_of_any_kind(model):
    for inputs in ({"x": WORDS}, {"x": PORT}, {"x": NUMBERS, "port": PORT, "text": WORDS, "weights": tf_idf_input(3)}):
        check_input_shapes(train_params(model=model).model, inputs)


@pytest.mark.parametrize("body", ["average", "conv1d", "lstm", "gru", {"kind": "transformer", "heads": 3}])
def test_layers_over_the_categories_of_a_window(body):
    check_input_shapes(train_params(model={"kind": "embedding", "body": body}).model, {"port": PORTS})


@pytest.mark.parametrize(
    "name", ["message_embedding", "embedding", "embedded_steps", "message_word_mask", "masked_1", "maximum"]
)
def test_names_of_layers_over_words_are_refused(name):
    [message] = messages_of(check_names, ["message"], [name])
    assert message.startswith(f"train: {name!r} is the name of one of the model's layers")


def test_several_inputs_need_a_branch_each():
    two = {"price": [2], "volume": [2]}
    [message] = shape_errors(LSTM, **two)
    assert message.startswith("train.model: lstm takes one input, and the data has 2 (price, volume)")
    assert "kind: branches" in message
    assert shape_errors({"kind": "branches", "inputs": {"prise": {"kind": "linear"}}}, **two) == [
        "train.model.inputs: no input 'prise'; did you mean price?",
        "train.model.inputs: no branch for input 'price'",
        "train.model.inputs: no branch for input 'volume'",
    ]
