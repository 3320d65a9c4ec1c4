"""One compiled epoch: the gradient steps that a person, or Keras' own fit, would make in the same order."""

import numpy as np
import pytest

from stages.train.building import build
from stages.train.epochs import epoch_of, measure_of, order_of, seed_layers
from stages.train.feeding import feeder
from tests.train.made import an_input, classes, fitted, one_split, params, processed, values


def learning(model, own, batch):
    return epoch_of(model, feeder(own, "train", model), own.samples("train"), batch)


def points(*pairs):
    x, y = (np.array(column, np.float32)[:, None] for column in zip(*pairs, strict=True))
    return one_split(fitted({"x": an_input(1)}, {"y": values()}), {"x": x}, {"y": y}, len(pairs))


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


@pytest.mark.parametrize(
    ("batch", "batches"),
    [
        (2, [[0, 1], [2, 3], [4]]),
        (5, [[0, 1, 2, 3, 4]]),
        (9, [[0, 1, 2, 3, 4]]),
        (1, [[0], [1], [2], [3], [4]]),
    ],
)
def test_gradient_steps_by_hand_the_last_ragged_batch_too(batch, batches):
    pairs = [(1.0, 3.0), (2.0, 5.0), (-1.0, 0.5), (0.5, 2.0), (3.0, 6.0)]
    own = points(*pairs)
    model = build(params(optimizer={"kind": "sgd", "learning_rate": 0.1}), own.fitted)
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    figures = learning(model, own, batch)(np.arange(5))
    w, b, loss = descent(pairs, batches, 0.1)
    assert [float(v.squeeze()) for v in model.get_weights()] == pytest.approx([w, b], rel=1e-5)
    assert figures == {"loss": pytest.approx(loss, rel=1e-5)}


def test_two_hand_worked_steps():
    """From w = b = 0 at (1, 2): error -2, so w = b = 0.4. Then at (2, 0): error 1.2, so w = -0.08, b = 0.16."""
    own = points((1.0, 2.0), (2.0, 0.0))
    model = build(params(optimizer={"kind": "sgd", "learning_rate": 0.1}), own.fitted)
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    figures = learning(model, own, 1)(np.arange(2))
    assert [float(v.squeeze()) for v in model.get_weights()] == pytest.approx([-0.08, 0.16], rel=1e-6)
    assert figures["loss"] == pytest.approx((4 + 1.44) / 2, rel=1e-6)


@pytest.mark.parametrize(
    ("terms", "shape", "target"),
    [
        (
            {"model": {"kind": "mlp", "units": [4]}, "optimizer": {"kind": "adam"}, "metrics": ["accuracy"]}
            | {"loss": "categorical_crossentropy", "output": "softmax"},
            [3],
            classes("one_hot", 3),
        ),
        ({"model": {"kind": "lstm", "cells": [3]}, "optimizer": {"kind": "rmsprop"}}, [4, 2], values("y", "z")),
    ],
)
def test_epochs_are_those_of_keras_fit(terms, shape, target):
    own = processed({"x": an_input(*shape)}, {"y": target}, rows=11)
    given = params(**terms)
    ours, theirs = build(given, own.fitted), build(given, own.fitted)
    learn = learning(ours, own, 4)
    for epoch in (1, 2):
        order = order_of(3, epoch, 11, shuffle=True)
        x, y = own.inputs("train")["x"][order], own.targets("train")["y"][order]
        fit = theirs.fit(x, y, batch_size=4, shuffle=False, verbose=0).history
        assert {n: [pytest.approx(v, rel=1e-5)] for n, v in learn(order).items()} == fit
    for mine, keras_own in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, keras_own, rtol=1e-5, atol=1e-7)


def test_measuring_trains_nothing_and_is_what_keras_evaluates():
    own = processed({"x": an_input(3)}, {"y": values()}, rows=1030)
    model = build(params(metrics=["mean_absolute_error"]), own.fitted)
    before = [w.tobytes() for w in model.get_weights()]
    figures = measure_of(model, feeder(own, "train", model), 1030)()
    assert [w.tobytes() for w in model.get_weights()] == before
    x, y = own.inputs("train")["x"], own.targets("train")["y"]
    theirs = model.evaluate(x, y, batch_size=1030, verbose=0, return_dict=True)
    assert figures == {name: pytest.approx(value, rel=1e-5) for name, value in theirs.items()}


def test_measuring_twice_gives_the_same_figures():
    own = processed({"x": an_input(2)}, {"y": values()})
    model = build(params(), own.fitted)
    measure = measure_of(model, feeder(own, "train", model), 10)
    assert measure() == measure()


def test_every_epoch_has_its_own_order_and_every_run_the_same():
    first, second = order_of(0, 1, 50, shuffle=True), order_of(0, 2, 50, shuffle=True)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()
    assert first.tolist() == order_of(0, 1, 50, shuffle=True).tolist()
    assert first.tolist() != order_of(1, 1, 50, shuffle=True).tolist()
    assert order_of(0, 3, 4, shuffle=False).tolist() == [0, 1, 2, 3]


def dropping(own, seed=0):
    body = {"kind": "mlp", "units": [8, 8], "dropout": 0.5}
    model = build(params(model=body, seed=seed), own.fitted)
    return model, learning(model, own, 4)


def weights(model):
    return [w.tobytes() for w in model.get_weights()]


def test_dropout_depends_on_the_epoch_and_on_nothing_before_it():
    own = processed({"x": an_input(3)}, {"y": values()})
    order = np.arange(10)
    model, learn = dropping(own)
    seed_layers(model, 0, 1)
    learn(order)
    between = model.get_weights()
    seed_layers(model, 0, 2)
    second = learn(order)

    late, learn_late = dropping(own)
    late.set_weights(between)
    seed_layers(late, 0, 2)
    assert learn_late(order) == second
    assert weights(late) == weights(model)

    late.set_weights(between)
    seed_layers(late, 0, 3)
    assert learn_late(order) != second


def test_each_dropout_layer_draws_from_a_state_of_its_own():
    model, _ = dropping(processed({"x": an_input(3)}, {"y": values()}))
    seed_layers(model, 0, 1)
    states = [layer.seed_generator.state.numpy().tolist() for layer in model.layers if "dropout" in layer.name]
    assert len(states) == 2
    assert states[0] != states[1]
