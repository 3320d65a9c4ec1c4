"""A whole training: every kind of target, which weights are kept, and when it stops."""

import numpy as np
import pytest

from stages.train.model.losses import metric_names
from tests.train.small_data import class_target, input_spec, random_data, train, train_params, value_target

DATA = random_data({"x": input_spec(3)}, {"y": value_target()})
# The metrics of dropout with this rate change from epoch to epoch, so that the best epoch is not the last.
SETTINGS = {"model": {"kind": "mlp", "units": [4], "dropout": 0.5}, "optimizer": {"kind": "sgd", "learning_rate": 0.5}}


def recorded_metrics(params, data):
    return {prefix + name for prefix in ("", "val_") for name in metric_names(params, data.fitted.targets)}


def validation_loss(model):
    return model.evaluate(*DATA.inputs("validation").values(), *DATA.targets("validation").values(), verbose=0)


@pytest.mark.parametrize(
    ("target", "loss", "output", "metric"),
    [
        (class_target("one_hot", 3), "categorical_crossentropy", "softmax", "accuracy"),
        (class_target("integer", 3), "sparse_categorical_crossentropy", "softmax", "accuracy"),
        (class_target("integer", 2), "sparse_categorical_crossentropy", "softmax", "accuracy"),
        (class_target("integer", 2), "binary_crossentropy", "sigmoid", "mean_squared_error"),
        (value_target("y", "z"), "mean_squared_error", "linear", "mean_absolute_error"),
        (value_target(), "mean_absolute_error", "linear", "mean_squared_error"),
        (value_target(), "huber", "linear", "mean_squared_error"),
    ],
)
def test_every_allowed_loss_and_output_trains(target, loss, output, metric):
    data = random_data({"x": input_spec(3)}, {"y": target})
    params = train_params(loss=loss, output=output, metrics=[metric])
    [metrics] = train(params, data)[1].history
    assert set(metrics) == recorded_metrics(params, data)
    assert all(np.isfinite(value) for value in metrics.values())


def test_integer_and_one_hot_labels_are_the_same_training():
    integer = random_data({"x": input_spec(3)}, {"y": class_target("integer", 3)})
    one_hot = random_data({"x": input_spec(3)}, {"y": class_target("one_hot", 3)})
    np.testing.assert_array_equal(np.argmax(one_hot.targets("train")["y"], axis=1), integer.targets("train")["y"])
    settings = {"output": "softmax", "metrics": ["accuracy"], "epochs": 3, "optimizer": {"kind": "adam"}}
    one, first = train(train_params(loss="sparse_categorical_crossentropy", **settings), integer)
    other, second = train(train_params(loss="categorical_crossentropy", **settings), one_hot)
    for a, b in zip(first.history, second.history, strict=True):
        assert a == pytest.approx(b, rel=1e-5)
    np.testing.assert_allclose(one.get_weights()[0], other.get_weights()[0], rtol=1e-5)


def test_several_targets_have_their_own_metrics_and_one_of_them_may_be_monitored():
    data = random_data({"p": input_spec(3, 1), "q": input_spec(2)}, {"y": value_target(), "z": value_target("a", "b")})
    branches = {"p": {"kind": "gru", "cells": [2]}, "q": {"kind": "linear"}}
    params = train_params(
        model={"kind": "branches", "inputs": branches, "units": [3]},
        loss={"y": "huber", "z": "mean_squared_error"},
        metrics=["mean_absolute_error"],
        monitor="val_z_loss",
        optimizer={"kind": "sgd", "learning_rate": 0.2},
        epochs=4,
    )
    _, result = train(params, data)
    for metrics in result.history:
        assert set(metrics) == recorded_metrics(params, data)
        assert metrics["val_loss"] == pytest.approx(metrics["val_y_loss"] + metrics["val_z_loss"], rel=1e-5)
    monitored = [metrics["val_z_loss"] for metrics in result.history]
    assert result.best_epoch == 1 + monitored.index(min(monitored))


def test_the_best_weights_are_kept():
    model, result = train(train_params(**SETTINGS, epochs=6), DATA)
    losses = [metrics["val_loss"] for metrics in result.history]
    assert result.best_epoch == 1 + losses.index(min(losses))
    assert result.best_epoch < 6, "choose a rate at which the last epoch is not the best"
    assert validation_loss(model) == pytest.approx(min(losses), rel=1e-6)


def test_the_last_weights_are_kept_with_keep_last():
    model, result = train(train_params(**SETTINGS, epochs=6, keep="last"), DATA)
    assert result.best_epoch < 6
    assert validation_loss(model) == pytest.approx(result.history[-1]["val_loss"], rel=1e-6)


def test_training_stops_after_patience_epochs_without_improvement():
    _, result = train(train_params(**SETTINGS, epochs=30, early_stopping={"patience": 2}), DATA)
    assert len(result.history) == result.best_epoch + 2 < 30


def test_without_a_validation_split_only_the_training_loss_is_recorded():
    data = random_data({"x": input_spec(3)}, {"y": value_target()}, validation=0)
    _, result = train(train_params(monitor="loss", epochs=2), data)
    assert [set(metrics) for metrics in result.history] == [{"loss"}, {"loss"}]
