"""Which epoch is kept, and when waiting ends."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stages.train.loop.early_stopping import Watch
from tests.train.made import params


def model():
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, name="y")])


def watching(watched=None, **terms):
    terms = {"metrics": ["accuracy", "mean_absolute_error"], "epochs": 99} | terms
    return Watch(watched or model(), params(**terms))


def looked(watch, values):
    """Inside a compiled function, as in training; gives the epoch after which it would have stopped."""

    @tf.function
    def look(epoch, value):
        watch.look(epoch, value)

    stopped = None
    for epoch, value in enumerate(values, 1):
        look(tf.constant(epoch), tf.constant(float(value)))
        if stopped is None and not watch.goes_on():
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
def test_the_best_epoch_is_the_earliest_of_the_best(monitor, values, epoch):
    watch = watching(monitor=monitor)
    looked(watch, values)
    assert int(watch.best_epoch) == epoch


def set_to(watched, value):
    watched.set_weights([np.full((1, 1), value), np.full(1, value)])


@pytest.mark.parametrize(("keep", "expected"), [("best", 2.0), ("last", 3.0)])
def test_the_weights_of_the_best_epoch_come_back_where_they_are_to_be_kept(keep, expected):
    watched = model()
    watch = watching(watched, keep=keep)
    for epoch, value in enumerate([5.0, 1.0, 4.0], 1):
        set_to(watched, float(epoch))
        watch.look(tf.constant(epoch), tf.constant(value))
    watch.restore()
    assert [w.ravel().tolist() for w in watched.get_weights()] == [[expected], [expected]]
    assert int(watch.best_epoch) == 2


def stopped_at(values, monitor="val_loss", **stopping):
    return looked(watching(monitor=monitor, early_stopping=stopping), values)


def test_patience_counts_the_epochs_since_the_last_improvement():
    assert stopped_at([5, 4, 4, 3, 3, 3, 2], patience=2) == 6


def test_patience_starts_anew_with_every_improvement():
    assert stopped_at([5, 6, 4, 6, 3, 6, 2, 6], patience=2) is None


def test_a_gain_within_min_delta_is_none():
    assert stopped_at([5.0, 4.75, 4.5, 4.25], patience=2, min_delta=0.5) == 3
    assert stopped_at([5.0, 4.75, 4.25, 4.0, 3.5], patience=2, min_delta=0.5) is None


def test_accuracy_has_to_rise():
    assert stopped_at([0.5, 0.6, 0.5, 0.4], monitor="val_accuracy", patience=2) == 4


def test_without_patience_nothing_stops():
    assert looked(watching(early_stopping=None), [1, 2, 3, 4, 5]) is None


def test_it_begins_as_if_nothing_had_been_seen():
    watch = watching(early_stopping={"patience": 1})
    assert looked(watch, [1, 2]) == 2
    watch.begin()
    assert looked(watch, [9, 10]) == 2
    assert int(watch.best_epoch) == 1
