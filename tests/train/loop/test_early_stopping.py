"""Which epoch is the best, and when training stops."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stages.train.loop.early_stopping import EarlyStoppingState
from tests.train.small_data import train_params


def new_model():
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, name="y")])


def new_state(model=None, **settings):
    settings = {"metrics": ["accuracy", "mean_absolute_error"], "epochs": 99} | settings
    return EarlyStoppingState(model or new_model(), train_params(**settings))


def stopped_after(state, values):
    """Return the epoch after which training would stop. Updates run in a compiled function, as in training."""
    update = tf.function(lambda epoch, value: state.update(epoch, value))
    stopped = None
    for epoch, value in enumerate(values, 1):
        update(tf.constant(epoch), tf.constant(float(value)))
        if stopped is None and not state.should_continue():
            stopped = epoch
    return stopped


@pytest.mark.parametrize(
    ("monitor", "values", "epoch"),
    [
        ("val_loss", [3.0, 1.0, 2.0], 2),
        ("val_loss", [3.0, 1.0, 1.0], 2),
        ("val_mean_absolute_error", [2.0, 2.0, 1.9], 3),
        ("val_accuracy", [0.5, 0.9, 0.7], 2),
        ("accuracy", [0.9, 0.9, 0.9], 1),
        ("val_kind_accuracy", [0.1, 0.2, 0.3], 3),
        ("loss", [0.0, 0.1], 1),
    ],
)
def test_of_equal_epochs_the_first_is_the_best(monitor, values, epoch):
    state = new_state(monitor=monitor)
    stopped_after(state, values)
    assert int(state.best_epoch) == epoch


@pytest.mark.parametrize(("keep", "expected"), [("best", 2.0), ("last", 3.0)])
def test_the_best_weights_are_restored_unless_the_last_are_kept(keep, expected):
    model = new_model()
    state = new_state(model, keep=keep)
    for epoch, value in enumerate([5.0, 1.0, 4.0], 1):
        model.set_weights([np.full((1, 1), float(epoch)), np.full(1, float(epoch))])
        state.update(tf.constant(epoch), tf.constant(value))
    state.restore_best_weights()
    assert [w.ravel().tolist() for w in model.get_weights()] == [[expected], [expected]]
    assert int(state.best_epoch) == 2


@pytest.mark.parametrize(
    ("monitor", "stopping", "values", "epoch"),
    [
        pytest.param("val_loss", {"patience": 2}, [5, 4, 4, 3, 3, 3, 2], 6, id="since the last improvement"),
        pytest.param("val_loss", {"patience": 2}, [5, 6, 4, 6, 3, 6, 2, 6], None, id="again after every improvement"),
        pytest.param("val_loss", {"patience": 2, "min_delta": 0.5}, [5.0, 4.75, 4.5, 4.25], 3, id="within min_delta"),
        pytest.param(
            "val_loss", {"patience": 2, "min_delta": 0.5}, [5.0, 4.75, 4.25, 4.0, 3.5], None, id="beyond min_delta"
        ),
        pytest.param("val_accuracy", {"patience": 2}, [0.5, 0.6, 0.5, 0.4], 4, id="accuracy increases"),
        pytest.param("val_loss", None, [1, 2, 3, 4, 5], None, id="no early stopping"),
    ],
)
def test_patience(monitor, stopping, values, epoch):
    assert stopped_after(new_state(monitor=monitor, early_stopping=stopping), values) == epoch


def test_reset_forgets_all_epochs():
    state = new_state(early_stopping={"patience": 1})
    assert stopped_after(state, [1, 2]) == 2
    state.reset()
    assert stopped_after(state, [9, 10]) == 2
    assert int(state.best_epoch) == 1
