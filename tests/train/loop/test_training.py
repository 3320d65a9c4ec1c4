"""A whole training: every kind of target, which weights are kept, when it ends, what is refused."""

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.train.loop.compiled_epochs import Epochs
from stages.train.loop.early_stopping import Watch
from stages.train.loop.training import Training
from stages.train.model.build_model import build
from stages.train.model.check_losses import recorded
from tests.train.made import an_input, classes, params, processed, values


def trained(terms, own):
    training = Training(own, terms)
    return training.model, training.run(terms.seed, terms.epochs, "test")


def measured(model, own):
    """What Keras says of the validation rows."""
    x, y = own.inputs("validation")["x"], own.targets("validation")["y"]
    return model.evaluate(x, y, verbose=0, return_dict=True)


def weights(model):
    return [w.tobytes() for w in model.get_weights()]


@pytest.mark.parametrize(
    ("target", "loss", "output", "metric"),
    [
        (classes("one_hot", 3), "categorical_crossentropy", "softmax", "accuracy"),
        (classes("integer", 3), "sparse_categorical_crossentropy", "softmax", "accuracy"),
        (classes("integer", 2), "sparse_categorical_crossentropy", "softmax", "accuracy"),
        (classes("integer", 2), "binary_crossentropy", "sigmoid", "mean_squared_error"),
        (values("y", "z"), "mean_squared_error", "linear", "mean_absolute_error"),
        (values(), "mean_absolute_error", "linear", "mean_squared_error"),
        (values(), "huber", "linear", "mean_squared_error"),
    ],
)
def test_every_pair_that_agrees_trains(target, loss, output, metric):
    own = processed({"x": an_input(3)}, {"y": target})
    terms = params(loss=loss, output=output, metrics=[metric])
    _, outcome = trained(terms, own)
    [figures] = outcome.history
    assert set(figures) == {p + name for p in ("", "val_") for name in recorded(terms, own.fitted.targets)}
    assert all(np.isfinite(value) for value in figures.values())


def test_sparse_and_one_hot_labels_are_the_same_training():
    sparse = processed({"x": an_input(3)}, {"y": classes("integer", 3)})
    hot = processed({"x": an_input(3)}, {"y": classes("one_hot", 3)})
    np.testing.assert_array_equal(np.argmax(hot.targets("train")["y"], axis=1), sparse.targets("train")["y"])
    terms = {"output": "softmax", "metrics": ["accuracy"], "epochs": 3, "optimizer": {"kind": "adam"}}
    one, first = trained(params(loss="sparse_categorical_crossentropy", **terms), sparse)
    other, second = trained(params(loss="categorical_crossentropy", **terms), hot)
    for a, b in zip(first.history, second.history, strict=True):
        assert a == pytest.approx(b, rel=1e-5)
    np.testing.assert_allclose(one.get_weights()[0], other.get_weights()[0], rtol=1e-5)


def test_two_inputs_and_two_targets_report_each_target():
    own = processed({"p": an_input(3, 1), "q": an_input(2)}, {"y": values(), "z": values("a", "b")})
    body = {"kind": "branches", "inputs": {"p": {"kind": "gru", "cells": [2]}, "q": {"kind": "linear"}}, "units": [3]}
    terms = params(model=body, loss={"y": "huber", "z": "mean_squared_error"}, metrics=["mean_absolute_error"])
    _, outcome = trained(terms, own)
    [figures] = outcome.history
    assert set(figures) == {p + name for p in ("", "val_") for name in recorded(terms, own.fitted.targets)}
    assert figures["val_loss"] == pytest.approx(figures["val_y_loss"] + figures["val_z_loss"], rel=1e-5)


def test_a_target_may_be_monitored_by_name():
    own = processed({"x": an_input(2)}, {"y": values(), "z": values()})
    _, outcome = trained(params(epochs=4, monitor="val_z_loss", optimizer={"kind": "sgd", "learning_rate": 0.2}), own)
    watched = [figures["val_z_loss"] for figures in outcome.history]
    assert outcome.best_epoch == 1 + watched.index(min(watched))


RESTLESS = {"model": {"kind": "mlp", "units": [4], "dropout": 0.5}, "optimizer": {"kind": "sgd", "learning_rate": 0.5}}


def test_two_runs_in_one_process_are_the_same_bits():
    own = processed({"x": an_input(3)}, {"y": values()})
    terms = params(**RESTLESS, epochs=3)
    (one, first), (other, second) = trained(terms, own), trained(terms, own)
    assert first == second
    assert weights(one) == weights(other)


def test_each_epoch_has_its_own_order_of_the_rows():
    own = processed({"x": an_input(3)}, {"y": values()}, validating=0)
    terms = params(epochs=3, seed=5, monitor="loss")
    model = build(terms, own.fitted)
    expected = Epochs(model, own, terms, Watch(model, terms))(5, 1, 3)
    assert trained(terms, own)[1].history == expected


def test_rows_stay_in_order_when_asked_to():
    own = processed({"x": an_input(3)}, {"y": values()})
    assert trained(params(shuffle=False), own)[1] != trained(params(shuffle=True), own)[1]


def test_another_seed_is_another_training():
    own = processed({"x": an_input(3)}, {"y": values()})
    assert trained(params(seed=1), own)[1] != trained(params(seed=2), own)[1]


def test_the_best_weights_give_the_recorded_value_again():
    own = processed({"x": an_input(3)}, {"y": values()})
    model, outcome = trained(params(**RESTLESS, epochs=6), own)
    losses = [figures["val_loss"] for figures in outcome.history]
    assert outcome.best_epoch == 1 + losses.index(min(losses))
    assert outcome.best_epoch < 6, "the last epoch happens to be the best; choose a rate at which it is not"
    assert measured(model, own)["loss"] == pytest.approx(min(losses), rel=1e-6)


def test_the_last_weights_are_kept_when_asked_for():
    own = processed({"x": an_input(3)}, {"y": values()})
    model, outcome = trained(params(**RESTLESS, epochs=6, keep="last"), own)
    assert outcome.best_epoch < 6
    assert measured(model, own)["loss"] == pytest.approx(outcome.history[-1]["val_loss"], rel=1e-6)


def test_training_stops_when_patience_runs_out():
    own = processed({"x": an_input(3)}, {"y": values()})
    _, outcome = trained(params(**RESTLESS, epochs=30, early_stopping={"patience": 2}), own)
    assert len(outcome.history) == outcome.best_epoch + 2 < 30


def test_without_validation_rows_training_is_watched_by_the_training_loss():
    own = processed({"x": an_input(3)}, {"y": values()}, validating=0)
    _, outcome = trained(params(monitor="loss", epochs=2), own)
    assert [set(figures) for figures in outcome.history] == [{"loss"}, {"loss"}]
    with pytest.raises(UserError) as caught:
        trained(params(monitor="val_loss"), own)
    assert str(caught.value) == (
        "train.monitor: val_loss, but no rows validate; use monitor: loss or give preprocess.split.validation a share"
    )


def test_a_loss_that_is_no_number_any_more_ends_with_advice():
    own = processed({"x": an_input(3)}, {"y": values()})
    with pytest.raises(UserError) as caught:
        trained(params(epochs=3, optimizer={"kind": "sgd", "learning_rate": 1e30}), own)
    assert str(caught.value) == (
        "train: loss, val_loss is no longer a number in epoch 1; "
        "use a smaller train.optimizer.learning_rate, or scale the inputs in preprocess.steps"
    )
