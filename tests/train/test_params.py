"""The parameters of the train stage, with the errors that a user sees."""

import pytest
from pydantic import ValidationError

from stages.core.parameters.validation_errors import parameter_errors
from stages.train.params import Train
from tests.train.small_data import train_params


def errors(**settings):
    with pytest.raises(ValidationError) as caught:
        train_params(**settings)
    return [str(error) for error in parameter_errors(Train, caught.value)]


@pytest.mark.parametrize("loss", ["mean_squared_error", {"y": "mean_squared_error", "z": "huber"}])
def test_a_monitor_that_is_never_recorded_is_refused(loss):
    assert errors(monitor="val_los", metrics=["accuracy"], loss=loss) == [
        ": monitor 'val_los' is never recorded; allowed: loss, val_loss, accuracy, val_accuracy"
    ]


@pytest.mark.parametrize("monitor", ["loss", "val_accuracy", "val_kind_accuracy", "kind_loss"])
def test_a_monitor_may_have_the_name_of_a_target_as_prefix(monitor):
    assert train_params(monitor=monitor, metrics=["accuracy"]).monitor == monitor


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": {"kind": "mpl", "units": [3]}}, "model.kind: received 'mpl'; did you mean mlp?"),
        ({"model": {"kind": "mlp", "units": []}}, "model.units: should have at least 1 item"),
        (
            {"model": {"kind": "mlp", "units": [3, 0]}},
            "model.units[1]: should be greater than or equal to 1; received 0",
        ),
        ({"model": {"kind": "lstm", "cells": [3], "droput": 0.1}}, "model.droput: unknown key; did you mean dropout?"),
        (
            {"model": {"kind": "mlp", "units": [3], "dropout": 1.0}},
            "model.dropout: should be less than 1; received 1.0",
        ),
        (
            {"model": {"units": [3]}},
            "model: missing key kind, which says what kind this is; allowed: linear, mlp, cnn",
        ),
        ({"optimizer": {"kind": "sgd", "learning_rate": 0}}, "optimizer.learning_rate: should be greater than 0"),
        ({"epochs": "20"}, "epochs: should be a valid integer; received '20'"),
        ({"early_stopping": {"patience": 0}}, "early_stopping.patience: should be greater than or equal to 1"),
        (
            {"optimizer": {"kind": "sgd", "schedule": {"kind": "cosin"}}},
            "optimizer.schedule.kind: received 'cosin'; did you mean cosine?",
        ),
        (
            {"optimizer": {"kind": "sgd", "schedule": {"kind": "exponential", "rate": 1.0}}},
            "optimizer.schedule.rate: should be less than 1; received 1.0",
        ),
        (
            {"optimizer": {"kind": "sgd", "schedule": {"kind": "steps", "after": [], "factor": 0.5}}},
            "optimizer.schedule.after: should have at least 1 item",
        ),
        (
            {"optimizer": {"kind": "sgd", "schedule": {"kind": "steps", "after": [20, 10], "factor": 0.5}}},
            "optimizer.schedule: after [20, 10] must increase",
        ),
        (
            {"model": {"kind": "cnn", "filters": [2], "augment": {"flip": 1}}},
            "model.augment.flip: should be a valid boolean",
        ),
        ({"seeds": 0}, "seeds: should be greater than or equal to 1; received 0"),
        ({"class_weight": "balance"}, "class_weight: received 'balance'; did you mean balanced?"),
        ({"class_weight": {"a": 0}}, "class_weight.a: should be greater than 0; received 0"),
        ({"class_weight": {"a": 2, "kind": {"b": 1}}}, ": class_weight names labels and targets; use {LABEL: number}"),
        ({"class_weight": {"kind": "balance"}}, "class_weight.kind: received 'balance'; did you mean balanced?"),
        ({"loss_weights": {"y": -1}}, "loss_weights.y: should be greater than 0; received -1"),
        ({"output": {"y": "sofmax"}}, "output.y: received 'sofmax'; did you mean softmax?"),
        ({"metrics": {"y": ["acuracy"]}}, "metrics.y[0]: received 'acuracy'; did you mean accuracy?"),
        ({"output": "sofmax"}, "output: received 'sofmax'; did you mean softmax?"),
        ({"model": {"kind": "dlinear", "average": 24}}, "model: average 24 has no step in its middle; use 23 or 25"),
        ({"model": {"kind": "dlinear", "average": 1}}, "model.average: should be greater than or equal to 3"),
        ({"loss": "pinball"}, ": loss pinball needs quantiles, as in quantiles: [0.1, 0.5, 0.9]"),
        ({"loss": {"y": "huber", "z": "pinball"}}, ": loss pinball needs quantiles"),
        ({"quantiles": [0.5]}, ": quantiles need loss: pinball; received mean_squared_error"),
        ({"quantiles": [0.5], "loss": {"y": "huber", "z": "huber"}}, ": quantiles need loss: pinball; received huber"),
        ({"loss": "pinball", "quantiles": [0.5, 0.1]}, ": quantiles [0.5, 0.1] must increase"),
        ({"loss": "pinball", "quantiles": [0.5, 0.5]}, ": quantiles [0.5, 0.5] must increase"),
        ({"loss": "pinball", "quantiles": [0.1, 0.9]}, ": quantiles [0.1, 0.9] need the median, 0.5"),
        ({"loss": "pinball", "quantiles": [0.0, 0.5]}, "quantiles[0]: should be greater than 0; received 0.0"),
        ({"loss": "pinball", "quantiles": [0.5, 1]}, "quantiles[1]: should be less than 1; received 1"),
        ({"seed": 2**31}, "seed: should be less than 2147483648; received 2147483648"),
    ],
)
def test_errors_have_their_key(settings, message):
    [error] = errors(**settings)
    assert error.startswith(message)


def test_labels_that_yaml_reads_as_numbers():
    assert train_params(class_weight={0: 1, 1: 2.5}).class_weight == {"0": 1, "1": 2.5}
    assert train_params(class_weight={"kind": {0: 1}}).class_weight == {"kind": {"0": 1}}


def test_quantiles_are_those_of_the_targets_with_the_loss_pinball():
    params = train_params(loss={"y": "huber", "z": "pinball"}, quantiles=[0.1, 0.5])
    assert [params.quantiles_of(target) for target in ("y", "z")] == [[], [0.1, 0.5]]
