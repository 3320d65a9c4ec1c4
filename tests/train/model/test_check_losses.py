"""Labels, last activation, loss, metrics and monitor: which go together, checked before Keras is loaded."""

from itertools import product
from typing import get_args

import pytest

from stages.core.errors import UserError
from stages.train.model.check_losses import check_agreement, losses, output_width, recorded
from stages.train.params import Loss, OutputActivation
from tests.train.made import classes, params, values

TARGETS = {
    "one_hot": classes("one_hot", 3),
    "two one_hot": classes("one_hot", 2),
    "integer": classes("integer", 3),
    "two integer": classes("integer", 2),
    "values": values("y", "z"),
}
FITTING = {
    ("one_hot", "categorical_crossentropy", "softmax"),
    ("two one_hot", "categorical_crossentropy", "softmax"),
    ("integer", "sparse_categorical_crossentropy", "softmax"),
    ("two integer", "sparse_categorical_crossentropy", "softmax"),
    ("two integer", "binary_crossentropy", "sigmoid"),
    ("values", "mean_squared_error", "linear"),
    ("values", "mean_absolute_error", "linear"),
    ("values", "huber", "linear"),
}
WRONG = sorted(set(product(TARGETS, get_args(Loss), get_args(OutputActivation))) - FITTING)


def errors(targets, **given):
    with pytest.raises(UserError) as caught:
        check_agreement(params(**given), targets)
    return list(caught.value.messages)


@pytest.mark.parametrize(("target", "loss", "output"), sorted(FITTING))
def test_what_goes_together_passes(target, loss, output):
    check_agreement(params(loss=loss, output=output), {"t": TARGETS[target]})


@pytest.mark.parametrize(("target", "loss", "output"), WRONG)
def test_what_does_not_is_told_what_does(target, loss, output):
    [told] = errors({"t": TARGETS[target]}, loss=loss, output=output)
    assert told.endswith(f"received {loss} with {output}")
    for fits in (f for f in FITTING if f[0] == target):
        assert f"loss {fits[1]} with output {fits[2]}" in told


def test_the_message_says_what_the_target_holds():
    assert errors({"kind": classes("one_hot", 3)}, loss="binary_crossentropy", output="sigmoid") == [
        "train: target kind holds 3 classes as one_hot labels, which goes with "
        "loss categorical_crossentropy with output softmax; received binary_crossentropy with sigmoid"
    ]


def test_one_sigmoid_unit_tells_two_classes_apart():
    assert output_width(classes("integer", 2), "binary_crossentropy") == 1
    assert output_width(classes("integer", 2), "sparse_categorical_crossentropy") == 2
    assert output_width(classes("one_hot", 3), "categorical_crossentropy") == 3
    assert output_width(values("y", "z"), "huber") == 2


def test_one_loss_serves_every_target_or_each_has_its_own():
    targets = {"y": values(), "z": values()}
    assert losses(params(loss="huber"), targets) == {"y": "huber", "z": "huber"}
    own = {"z": "huber", "y": "mean_squared_error"}
    assert losses(params(loss=own), targets) == own


def test_losses_for_targets_that_are_not_there_and_targets_without_a_loss():
    assert errors({"price": values(), "volume": values()}, loss={"prise": "huber", "volume": "huber"}) == [
        "train.loss: no target 'prise'; did you mean price?",
        "train.loss: no loss for target 'price'",
    ]


def test_all_targets_that_disagree_are_told_at_once():
    told = errors({"y": classes("one_hot", 3), "z": values()}, loss="huber", output="softmax")
    assert [t.split(" holds")[0] for t in told] == ["train: target y", "train: target z"]


def test_accuracy_counts_classes_and_errors_measure_values():
    assert errors({"y": values()}, metrics=["accuracy"]) == [
        "train.metrics: accuracy does not fit target y, which holds values; "
        "allowed: mean_squared_error, mean_absolute_error"
    ]
    [told] = errors(
        {"y": classes("integer", 3)},
        loss="sparse_categorical_crossentropy",
        output="softmax",
        metrics=["accuracy", "mean_squared_error"],
    )
    assert told.startswith("train.metrics: mean_squared_error does not fit target y, which holds 3 classes as integer")


def test_the_monitor_is_among_what_is_recorded():
    one, two = {"y": values()}, {"y": values(), "z": values()}
    given = params(metrics=["mean_absolute_error"])
    assert recorded(given, one) == ["loss", "mean_absolute_error"]
    assert recorded(given, two) == ["loss", "y_loss", "y_mean_absolute_error", "z_loss", "z_mean_absolute_error"]


def test_a_monitor_without_its_target_is_offered_the_names_that_are_recorded():
    two = {"y": values(), "z": values()}
    [told] = errors(two, metrics=["mean_absolute_error"], monitor="val_mean_absolute_error")
    assert told == ("train.monitor: 'val_mean_absolute_error' is not recorded; did you mean val_z_mean_absolute_error?")
    check_agreement(params(metrics=["mean_absolute_error"], monitor="val_y_loss"), two)
