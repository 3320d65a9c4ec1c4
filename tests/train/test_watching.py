"""Which epoch is kept, and when waiting ends."""

import pytest

from stages.train.watching import Best, Patience


def kept(monitor, values):
    best = Best(monitor)
    for epoch, value in enumerate(values, 1):
        if best.improves(value):
            best.keep(epoch, value, [epoch])
    assert best.weights == [best.epoch]
    return best.epoch


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
    assert kept(monitor, values) == epoch


def stopped_at(values, monitor="val_loss", **terms):
    patience = Patience(monitor, **terms)
    return next((epoch for epoch, value in enumerate(values, 1) if patience.runs_out(value)), None)


def test_patience_counts_the_epochs_since_the_last_improvement():
    assert stopped_at([5, 4, 4, 3, 3, 3, 2], epochs=2) == 6


def test_patience_starts_anew_with_every_improvement():
    assert stopped_at([5, 6, 4, 6, 3, 6, 2, 6], epochs=2) is None


def test_a_gain_within_min_delta_is_none():
    assert stopped_at([5.0, 4.75, 4.5, 4.25], epochs=2, min_delta=0.5) == 3
    assert stopped_at([5.0, 4.75, 4.25, 4.0, 3.5], epochs=2, min_delta=0.5) is None


def test_accuracy_has_to_rise():
    assert stopped_at([0.5, 0.6, 0.5, 0.4], monitor="val_accuracy", epochs=2) == 4


def test_without_patience_nothing_stops():
    assert stopped_at([1, 2, 3, 4, 5], epochs=None) is None
