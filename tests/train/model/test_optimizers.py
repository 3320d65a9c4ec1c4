"""Learning rates over time, at the first and the last batch of an epoch, by hand."""

from math import cos, pi

import pytest

from stages.train.loop.training import Training
from stages.train.model.build_model import build
from stages.train.model.optimizers import optimizer
from stages.train.model.save_model import save_archive
from tests.train.made import an_input, fitted, params, processed, values

BATCHES = 3  # ten rows, four at a time
FLOWERS = fitted({"x": an_input(3)}, {"y": values()}).model_copy(update={"splits": {"train": 10}})


def rates(schedule, batches, epochs=4, rate=1.0):
    """The rate of each of these batches, counted from 0."""
    terms = params(optimizer={"kind": "sgd", "learning_rate": rate, "schedule": schedule}, epochs=epochs)
    chosen = optimizer(terms, FLOWERS)
    found = []
    for batch in batches:
        chosen.iterations.assign(batch)
        found.append(float(chosen.learning_rate))
    return found


def starts(epochs):
    return [epoch * BATCHES for epoch in range(epochs)]


def test_a_cosine_falls_over_all_epochs():
    assert rates({"kind": "cosine"}, [0, 6, 12], rate=0.5) == pytest.approx([0.5, 0.25, 0.0], abs=1e-7)
    every = [(1 + cos(pi * batch / 12)) / 2 for batch in range(12)]
    assert rates({"kind": "cosine"}, range(12)) == pytest.approx(every, abs=1e-6)


def test_a_cosine_may_rise_first():
    """Two epochs up, four down: nothing at first, all of it after two epochs, half after four."""
    found = rates({"kind": "cosine", "warm_up": 2}, [0, 3, 6, 12, 18], epochs=6, rate=0.2)
    assert found == pytest.approx([0, 0.1, 0.2, 0.1, 0], abs=1e-7)


def test_an_exponential_falls_once_an_epoch():
    schedule = {"kind": "exponential", "rate": 0.5}
    assert rates(schedule, starts(4)) == pytest.approx([1, 0.5, 0.25, 0.125])
    assert rates(schedule, range(BATCHES)) == pytest.approx([1, 1, 1])


def test_steps_fall_after_the_epochs_that_are_named():
    """The first batch of the next epoch has the new rate, the last one before it the old."""
    schedule = {"kind": "steps", "after": [1, 3], "factor": 0.1}
    assert rates(schedule, starts(5)) == pytest.approx([1, 0.1, 0.1, 0.01, 0.01])
    assert rates(schedule, [2, 3, 8, 9]) == pytest.approx([1, 0.1, 0.1, 0.01])


def test_without_a_schedule_the_rate_stays():
    assert rates(None, [0, 100], rate=0.25) == [0.25, 0.25]


@pytest.mark.parametrize("kind", ["sgd", "adam", "rmsprop"])
def test_every_optimizer_takes_a_schedule(kind):
    terms = params(optimizer={"kind": kind, "schedule": {"kind": "exponential", "rate": 0.5}})
    chosen = optimizer(terms, FLOWERS)
    chosen.iterations.assign(BATCHES)
    assert float(chosen.learning_rate) == pytest.approx(terms.optimizer.learning_rate / 2)


def test_training_follows_the_schedule():
    own = processed({"x": an_input(3)}, {"y": values()})
    terms = params(optimizer={"kind": "sgd", "schedule": {"kind": "exponential", "rate": 0.5}}, epochs=2)
    training = Training(own, terms)
    training.run(0, 2, "test")
    model = training.model
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
        terms = params(optimizer={"kind": "adam", "schedule": schedule}, epochs=3)
        save_archive(build(terms, FLOWERS), tmp_path / name / "model.keras")
    assert (tmp_path / "one/model.keras").read_bytes() == (tmp_path / "two/model.keras").read_bytes()
