"""The learning rate is reduced as by `keras.callbacks.ReduceLROnPlateau`."""

import keras
import pytest
import tensorflow as tf

from stages.train.loop.plateau import PlateauState
from stages.train.loop.training_loop import Training
from tests.train.small_data import DATA, train_params


def new_optimizer():
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([])
    return optimizer


def our_rates(values, monitor="val_loss", **schedule):
    """The learning rate after each epoch. Updates run in a compiled function, as in training."""
    optimizer = {"kind": "sgd", "schedule": {"kind": "plateau"} | schedule}
    params = train_params(optimizer=optimizer, metrics=["mean_absolute_error", "accuracy"], monitor=monitor)
    used = new_optimizer()
    state = PlateauState(used, params)
    update = tf.function(state.update, autograph=False)
    rates = []
    for value in values:
        update(tf.constant(float(value)))
        rates.append(float(used.learning_rate))
    return rates


def keras_rates(values, mode="min", **schedule):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=new_optimizer())
    names = {"min_rate": "min_lr"}
    settings = {names.get(name, name): value for name, value in schedule.items()}
    callback = keras.callbacks.ReduceLROnPlateau("value", mode=mode, **settings)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"value": value})
        rates.append(float(model.optimizer.learning_rate))
    return rates


VALUES = [5, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2.99, 2.98, 2.97, 3, 3, 3, 3, 3]


@pytest.mark.parametrize(
    "schedule",
    [
        {"factor": 0.5, "patience": 2},
        {"factor": 0.3, "patience": 1},
        {"factor": 0.1, "patience": 1, "cooldown": 2},
        {"factor": 0.5, "patience": 2, "min_delta": 0.5},
        {"factor": 0.5, "patience": 1, "min_rate": 0.03},
        {"factor": 0.7, "patience": 3, "cooldown": 1, "min_delta": 0.02},
    ],
)
def test_rates_are_those_of_keras(schedule):
    found = our_rates(VALUES, **schedule)
    assert found == keras_rates(VALUES, **schedule)
    assert len(set(found)) > 1


def test_rates_by_hand():
    """The third and fourth epoch do not improve, then the fifth and sixth."""
    found = our_rates([3, 2, 2, 2, 2, 2], factor=0.5, patience=2)
    assert found == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.025])


def test_accuracy_improves_when_it_increases():
    values = [0.5, 0.6, 0.6, 0.7, 0.7, 0.6]
    settings = {"factor": 0.5, "patience": 1}
    assert our_rates(values, "val_accuracy", **settings) == keras_rates(values, "max", **settings)


def test_another_seed_starts_with_the_whole_rate():
    schedule = {"kind": "plateau", "factor": 0.5, "patience": 1, "min_delta": 1000.0}
    optimizer = {"kind": "sgd", "learning_rate": 0.1, "schedule": schedule}
    training = Training(DATA, train_params(optimizer=optimizer, epochs=3, model={"kind": "mlp", "units": [2]}))
    first = training.run(0, 3, "test")
    assert float(training.model.optimizer.learning_rate) == pytest.approx(0.025)
    training.run(1, 3, "test")
    assert training.run(0, 3, "test") == first


def test_without_this_schedule_nothing_is_kept_for_the_next_epoch():
    assert PlateauState(new_optimizer(), train_params()).variables == []
