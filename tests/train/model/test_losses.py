"""Targets, output activation, losses, metrics and monitor that fit together."""

from itertools import product
from typing import get_args

import pytest

from stages.core.errors import UserError
from stages.train.model.losses import check_losses, losses_by_target, metric_names, output_units
from stages.train.params import Loss, OutputActivation
from tests.train.small_data import class_target, train_params, value_target

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
}
REFUSED = sorted(set(product(TARGETS, get_args(Loss), get_args(OutputActivation))) - ALLOWED)


def check(targets, **settings):
    params = train_params(**settings)
    check_losses(params, targets, losses_by_target(params, targets))


def errors(targets, **settings):
    with pytest.raises(UserError) as caught:
        check(targets, **settings)
    return list(caught.value.messages)


@pytest.mark.parametrize(("target", "loss", "output"), sorted(ALLOWED))
def test_allowed_losses_and_outputs(target, loss, output):
    check({"t": TARGETS[target]}, loss=loss, output=output)


@pytest.mark.parametrize(("target", "loss", "output"), REFUSED)
def test_an_error_lists_what_the_target_needs(target, loss, output):
    [message] = errors({"t": TARGETS[target]}, loss=loss, output=output)
    assert message.endswith(f"received {loss} with {output}")
    for _, loss_needed, output_needed in (allowed for allowed in ALLOWED if allowed[0] == target):
        assert f"loss {loss_needed} with output {output_needed}" in message


def test_an_error_says_what_the_target_has():
    assert errors({"kind": class_target("one_hot", 3)}, loss="binary_crossentropy", output="sigmoid") == [
        "train: target kind has 3 classes as one_hot labels and needs "
        "loss categorical_crossentropy with output softmax; received binary_crossentropy with sigmoid"
    ]


def test_a_sigmoid_over_two_classes_needs_one_unit():
    assert output_units(class_target("integer", 2), "binary_crossentropy") == 1
    assert output_units(class_target("integer", 2), "sparse_categorical_crossentropy") == 2
    assert output_units(class_target("one_hot", 3), "categorical_crossentropy") == 3
    assert output_units(value_target("y", "z"), "huber") == 2


def test_one_loss_for_all_targets_or_one_for_each():
    targets = {"y": value_target(), "z": value_target()}
    assert losses_by_target(train_params(loss="huber"), targets) == {"y": "huber", "z": "huber"}
    by_target = {"z": "huber", "y": "mean_squared_error"}
    assert losses_by_target(train_params(loss=by_target), targets) == by_target


def test_unknown_targets_and_targets_without_a_loss():
    assert errors({"price": value_target(), "volume": value_target()}, loss={"prise": "huber", "volume": "huber"}) == [
        "train.loss: no target 'prise'; did you mean price?",
        "train.loss: no loss for target 'price'",
    ]


def test_the_errors_of_all_targets_are_reported_together():
    messages = errors({"y": class_target("one_hot", 3), "z": value_target()}, loss="huber", output="softmax")
    assert [message.split(" has")[0] for message in messages] == ["train: target y", "train: target z"]


def test_accuracy_is_for_classes_and_errors_are_for_values():
    assert errors({"y": value_target()}, metrics=["accuracy"]) == [
        "train.metrics: accuracy does not fit target y, which has values; "
        "allowed: mean_squared_error, mean_absolute_error"
    ]
    [message] = errors(
        {"y": class_target("integer", 3)},
        loss="sparse_categorical_crossentropy",
        output="softmax",
        metrics=["accuracy", "mean_squared_error"],
    )
    assert message.startswith("train.metrics: mean_squared_error does not fit target y, which has 3 classes as integer")


def test_metrics_of_several_targets_have_their_names_as_prefix():
    one, two = {"y": value_target()}, {"y": value_target(), "z": value_target()}
    params = train_params(metrics=["mean_absolute_error"])
    assert metric_names(params, one) == ["loss", "mean_absolute_error"]
    assert metric_names(params, two) == ["loss", "y_loss", "y_mean_absolute_error", "z_loss", "z_mean_absolute_error"]


def test_a_monitor_without_its_target_gets_a_suggestion():
    two = {"y": value_target(), "z": value_target()}
    [message] = errors(two, metrics=["mean_absolute_error"], monitor="val_mean_absolute_error")
    assert (
        message == "train.monitor: 'val_mean_absolute_error' is not recorded; did you mean val_z_mean_absolute_error?"
    )
    check(two, metrics=["mean_absolute_error"], monitor="val_y_loss")
