"""Compiled epochs, in both engines: the gradient steps that a person or Keras' own fit would make in the same order."""

import numpy as np
import pytest

from stages.train.loop import compiled_epochs as module
from stages.train.loop.compiled_epochs import Epochs, order_of, states_of
from stages.train.loop.early_stopping import Watch
from stages.train.model.build_model import build
from tests.train.made import an_input, classes, fitted, one_split, params, processed, values

engines = pytest.mark.parametrize("engine", ["plain", "fused"])


def learning(own, start=None, **terms):
    """A model that starts from these weights, and its epochs."""
    given = params(**terms)
    model = build(given, own.fitted)
    if start is not None:
        model.set_weights(start)
    return model, Epochs(model, own, given, Watch(model, given))


def points(*pairs):
    x, y = (np.array(column, np.float32)[:, None] for column in zip(*pairs, strict=True))
    return one_split(fitted({"x": an_input(1)}, {"y": values()}), {"x": x}, {"y": y}, len(pairs))


def weights(model):
    return [w.tobytes() for w in model.get_weights()]


def descent(pairs, batches, rate):
    """y = w x + b from 0 by hand: one step down the mean squared error a batch, losses before each step."""
    w = b = loss = 0.0
    for batch in batches:
        errors = [(w * pairs[i][0] + b - pairs[i][1], pairs[i][0]) for i in batch]
        loss += sum(e * e for e, _ in errors)
        w, b = (
            w - rate * 2 * sum(e * x for e, x in errors) / len(batch),
            b - rate * 2 * sum(e for e, _ in errors) / len(batch),
        )
    return w, b, loss / sum(map(len, batches))


NOTHING = [np.zeros((1, 1)), np.zeros(1)]
BY_HAND = {"optimizer": {"kind": "sgd", "learning_rate": 0.1}, "shuffle": False, "monitor": "loss"}


@engines
@pytest.mark.parametrize(
    ("batch", "batches"),
    [
        (2, [[0, 1], [2, 3], [4]]),
        (5, [[0, 1, 2, 3, 4]]),
        (9, [[0, 1, 2, 3, 4]]),
        (1, [[0], [1], [2], [3], [4]]),
    ],
)
def test_gradient_steps_by_hand_the_last_ragged_batch_too(engine, batch, batches):
    pairs = [(1.0, 3.0), (2.0, 5.0), (-1.0, 0.5), (0.5, 2.0), (3.0, 6.0)]
    model, epochs = learning(points(*pairs), NOTHING, **BY_HAND, batch=batch, engine=engine)
    [figures] = epochs(0, 1, 1)
    w, b, loss = descent(pairs, batches, 0.1)
    assert [float(v.squeeze()) for v in model.get_weights()] == pytest.approx([w, b], rel=1e-5)
    assert figures == {"loss": pytest.approx(loss, rel=1e-5)}


@engines
def test_two_hand_worked_steps(engine):
    """From w = b = 0 at (1, 2): error -2, so w = b = 0.4. Then at (2, 0): error 1.2, so w = -0.08, b = 0.16."""
    model, epochs = learning(points((1.0, 2.0), (2.0, 0.0)), NOTHING, **BY_HAND, batch=1, engine=engine)
    [figures] = epochs(0, 1, 1)
    assert [float(v.squeeze()) for v in model.get_weights()] == pytest.approx([-0.08, 0.16], rel=1e-6)
    assert figures["loss"] == pytest.approx((4 + 1.44) / 2, rel=1e-6)


KINDS = [
    (
        {"model": {"kind": "mlp", "units": [4]}, "optimizer": {"kind": "adam"}, "metrics": ["accuracy"]}
        | {"loss": "categorical_crossentropy", "output": "softmax"},
        [3],
        classes("one_hot", 3),
    ),
    ({"model": {"kind": "lstm", "cells": [3]}, "optimizer": {"kind": "rmsprop"}}, [4, 2], values("y", "z")),
    ({"model": {"kind": "gru", "cells": [3, 2]}, "optimizer": {"kind": "adam"}}, [4, 2], values()),
    ({"model": {"kind": "simple_rnn", "cells": [3]}, "optimizer": {"kind": "sgd"}}, [4, 2], values()),
    ({"model": {"kind": "transformer", "width": 4}, "optimizer": {"kind": "sgd"}}, [4, 2], values()),
]
CONVOLUTIONS = [
    ({"model": {"kind": "cnn", "filters": [2]}, "optimizer": {"kind": "adam"}}, [4, 4, 1], values()),
    (
        {"model": {"kind": "cnn", "filters": [2], "batch_norm": True}, "optimizer": {"kind": "adam"}},
        [4, 4, 1],
        values(),
    ),
]
TRAINED = [("plain", *kind) for kind in [*KINDS, *CONVOLUTIONS]] + [("fused", *kind) for kind in KINDS]


@pytest.mark.parametrize(("engine", "terms", "shape", "target"), TRAINED)
def test_epochs_are_those_of_keras_fit_and_the_same_bits_again(engine, terms, shape, target):
    own = processed({"x": an_input(*shape)}, {"y": target}, rows=11)
    (ours, first), (again, second) = (learning(own, **terms, batch=4, epochs=2, engine=engine) for _ in range(2))
    theirs = build(params(**terms), own.fitted)
    found = first(3, 1, 2)
    assert second(3, 1, 2) == found
    assert weights(again) == weights(ours)
    held_out = own.inputs("validation")["x"], own.targets("validation")["y"]
    for epoch in (1, 2):
        order = order_of(3, epoch, 11, shuffle=True)
        x, y = own.inputs("train")["x"][order], own.targets("train")["y"][order]
        fit = theirs.fit(x, y, batch_size=4, shuffle=False, validation_data=held_out, verbose=0).history
        assert {n: [pytest.approx(v, rel=1e-4)] for n, v in found[epoch - 1].items()} == fit
    for mine, keras_own in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, keras_own, rtol=1e-4, atol=1e-6)


def test_a_call_takes_as_many_epochs_as_are_little_work(monkeypatch):
    own = processed({"x": an_input(3)}, {"y": values()}, rows=10)
    monkeypatch.setattr(module, "AT_ONCE", 35)
    assert learning(own, epochs=20)[1].at_once == 3
    assert learning(own, epochs=2)[1].at_once == 2
    monkeypatch.setattr(module, "AT_ONCE", 5)
    assert learning(own, epochs=20)[1].at_once == 1


@engines
def test_epochs_one_by_one_or_several_at_once_are_the_same_bits(engine, monkeypatch):
    own = processed({"x": an_input(3)}, {"y": values()}, rows=10)
    body = {"kind": "mlp", "units": [8, 8], "dropout": 0.5}
    together, several = learning(own, model=body, epochs=5, engine=engine)
    assert several.at_once == 5
    monkeypatch.setattr(module, "AT_ONCE", 20)
    apart, two = learning(own, model=body, epochs=5, engine=engine)
    assert two.at_once == 2
    assert [*two(0, 1, 5), *two(0, 3, 5), *two(0, 5, 5)] == several(0, 1, 5)
    assert weights(apart) == weights(together)


def test_every_epoch_has_its_own_order_and_every_run_the_same():
    first, second = order_of(0, 1, 50, shuffle=True), order_of(0, 2, 50, shuffle=True)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()
    assert first.tolist() == order_of(0, 1, 50, shuffle=True).tolist()
    assert first.tolist() != order_of(1, 1, 50, shuffle=True).tolist()
    assert order_of(0, 3, 4, shuffle=False).tolist() == [0, 1, 2, 3]


@engines
def test_dropout_depends_on_the_epoch_and_on_nothing_before_it(engine):
    own = processed({"x": an_input(3)}, {"y": values()})
    terms = {"model": {"kind": "mlp", "units": [8, 8], "dropout": 0.5}, "engine": engine}
    model, epochs = learning(own, **terms)
    epochs(0, 1, 1)
    between = model.get_weights()
    second = epochs(0, 2, 2)

    late, others = learning(own, between, **terms)
    assert others(0, 2, 2) == second
    assert weights(late) == weights(model)

    late.set_weights(between)
    assert others(0, 3, 3) != second


def test_each_random_layer_draws_from_a_state_of_its_own():
    states = [tuple(row) for epoch in (1, 2) for row in states_of(0, epoch, 3)]
    assert len(set(states)) == 6
    assert states_of(0, 1, 0).shape == (0, 2)
    model, epochs = learning(
        processed({"x": an_input(3)}, {"y": values()}), model={"kind": "mlp", "units": [8, 8], "dropout": 0.5}
    )
    epochs(4, 1, 1)
    drawn = [layer.seed_generator.state.numpy() for layer in model.layers if "dropout" in layer.name]
    assert len(drawn) == 2
    assert not np.array_equal(drawn[0], drawn[1])
