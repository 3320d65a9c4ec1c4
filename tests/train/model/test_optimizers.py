"""Learning rate schedules, at the first and the last batch of an epoch, by hand."""

from math import cos, pi

import pytest

from stages.train.model.optimizers import build_optimizer
from stages.train.model.save_model import save_archive
from tests.train.small_data import build, fitted_data, input_spec, random_data, train, train_params, value_target

BATCHES = 3  # ten rows, in batches of four
FITTED = fitted_data({"x": input_spec(3)}, {"y": value_target()}, splits={"train": 10})


def rates(schedule, batches, epochs=4, rate=1.0):
    """Return the learning rate of each of these batches, counted from 0."""
    params = train_params(optimizer={"kind": "sgd", "learning_rate": rate, "schedule": schedule}, epochs=epochs)
    optimizer = build_optimizer(params, FITTED)
    found = []
    for batch in batches:
        optimizer.iterations.assign(batch)
        found.append(float(optimizer.learning_rate))
    return found


def first_batches(epochs):
    return [epoch * BATCHES for epoch in range(epochs)]


def test_cosine_decreases_over_all_epochs():
    assert rates({"kind": "cosine"}, [0, 6, 12], rate=0.5) == pytest.approx([0.5, 0.25, 0.0], abs=1e-7)
    every = [(1 + cos(pi * batch / 12)) / 2 for batch in range(12)]
    assert rates({"kind": "cosine"}, range(12)) == pytest.approx(every, abs=1e-6)


def test_cosine_with_warm_up():
    """Two epochs up, four down: 0 at first, the full rate after two epochs, half of it after four."""
    found = rates({"kind": "cosine", "warm_up": 2}, [0, 3, 6, 12, 18], epochs=6, rate=0.2)
    assert found == pytest.approx([0, 0.1, 0.2, 0.1, 0], abs=1e-7)


def test_exponential_decreases_once_per_epoch():
    schedule = {"kind": "exponential", "rate": 0.5}
    assert rates(schedule, first_batches(4)) == pytest.approx([1, 0.5, 0.25, 0.125])
    assert rates(schedule, range(BATCHES)) == pytest.approx([1, 1, 1])


def test_steps_decrease_after_the_given_epochs():
    """The first batch of the next epoch has the new rate, the last one before it the old."""
    schedule = {"kind": "steps", "after": [1, 3], "factor": 0.1}
    assert rates(schedule, first_batches(5)) == pytest.approx([1, 0.1, 0.1, 0.01, 0.01])
    assert rates(schedule, [2, 3, 8, 9]) == pytest.approx([1, 0.1, 0.1, 0.01])


def test_without_a_schedule_the_rate_is_constant():
    assert rates(None, [0, 100], rate=0.25) == [0.25, 0.25]


@pytest.mark.parametrize("kind", ["sgd", "adam", "rmsprop"])
def test_every_optimizer_takes_a_schedule(kind):
    params = train_params(optimizer={"kind": kind, "schedule": {"kind": "exponential", "rate": 0.5}})
    optimizer = build_optimizer(params, FITTED)
    optimizer.iterations.assign(BATCHES)
    assert float(optimizer.learning_rate) == pytest.approx(params.optimizer.learning_rate / 2)


def test_training_follows_the_schedule():
    params = train_params(optimizer={"kind": "sgd", "schedule": {"kind": "exponential", "rate": 0.5}}, epochs=2)
    model, _ = train(params, random_data({"x": input_spec(3)}, {"y": value_target()}))
    assert int(model.optimizer.iterations) == 2 * BATCHES
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01 / 4)


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine", "warm_up": 1},
        {"kind": "exponential", "rate": 0.5},
        {"kind": "steps", "after": [1], "factor": 0.5},
    ],
)
def test_a_schedule_is_saved_as_the_same_bytes(schedule, tmp_path):
    for name in ("one", "two"):
        params = train_params(optimizer={"kind": "adam", "schedule": schedule}, epochs=3)
        save_archive(build(params, FITTED), tmp_path / name / "model.keras")
    assert (tmp_path / "one/model.keras").read_bytes() == (tmp_path / "two/model.keras").read_bytes()
