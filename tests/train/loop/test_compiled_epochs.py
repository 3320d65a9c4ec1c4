"""Compiled epochs make the gradient steps of a calculation by hand. tests/train/test_every_model.py has Keras' fit."""

import numpy as np
import pytest

from stages.train.loop import compiled_epochs
from stages.train.loop.choose_engine import choose_engine
from stages.train.loop.compiled_epochs import CompiledEpochs, random_states
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.loop.plateau import PlateauState
from stages.train.loop.sample_order import sample_order
from tests.train.small_data import (
    build,
    fitted_data,
    input_spec,
    random_data,
    train_params,
    training_data,
    value_target,
    weights,
)

DATA = random_data({"x": input_spec(3)}, {"y": value_target()})


def model_and_epochs(data, **settings):
    params = train_params(**settings)
    model = build(params, data.fitted)
    engine = choose_engine(params, data.fitted)
    states = EarlyStoppingState(model, params), PlateauState(model.optimizer, params)
    return model, CompiledEpochs(model, data, params, engine, *states)


def gradient_descent(pairs, batches, rate):
    """y = w x + b from 0: one step down the mean squared error for each batch; the loss is taken before each step."""
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
    ("engine", "batch", "batches"),
    [
        ("plain", 2, [[0, 1], [2, 3], [4]]),
        ("fused", 2, [[0, 1], [2, 3], [4]]),
        ("plain", 5, [[0, 1, 2, 3, 4]]),
        ("plain", 9, [[0, 1, 2, 3, 4]]),
        ("plain", 1, [[0], [1], [2], [3], [4]]),
    ],
)
def test_gradient_steps_by_hand_with_a_smaller_last_batch(engine, batch, batches):
    pairs = [(1.0, 3.0), (2.0, 5.0), (-1.0, 0.5), (0.5, 2.0), (3.0, 6.0)]
    x, y = (np.array(column, np.float32)[:, None] for column in zip(*pairs, strict=True))
    data = training_data(fitted_data({"x": input_spec(1)}, {"y": value_target()}), {"x": x}, {"y": y}, len(pairs))
    optimizer = {"kind": "sgd", "learning_rate": 0.1}
    settings = {"optimizer": optimizer, "shuffle": False, "monitor": "loss", "batch": batch, "engine": engine}
    model, epochs = model_and_epochs(data, **settings)
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    [metrics] = epochs.train(0, 1, 1)
    w, b, loss = gradient_descent(pairs, batches, 0.1)
    assert [float(v.squeeze()) for v in model.get_weights()] == pytest.approx([w, b], rel=1e-5)
    assert metrics == {"loss": pytest.approx(loss, rel=1e-5)}


def test_gradient_descent_of_two_steps():
    """From w = b = 0 at (1, 2): error -2, so w = b = 0.4. Then at (2, 0): error 1.2, so w = -0.08, b = 0.16."""
    found = gradient_descent([(1.0, 2.0), (2.0, 0.0)], [[0], [1]], 0.1)
    assert found == pytest.approx((-0.08, 0.16, (4 + 1.44) / 2))


def test_a_call_trains_as_many_epochs_as_its_number_of_samples_allows(monkeypatch):
    monkeypatch.setattr(compiled_epochs, "SAMPLES_PER_CALL", 35)
    assert model_and_epochs(DATA, epochs=20)[1].epochs_per_call == 3
    assert model_and_epochs(DATA, epochs=2)[1].epochs_per_call == 2
    monkeypatch.setattr(compiled_epochs, "SAMPLES_PER_CALL", 5)
    assert model_and_epochs(DATA, epochs=20)[1].epochs_per_call == 1


def test_every_epoch_has_its_own_order_and_every_run_the_same():
    first, second = sample_order(0, 1, 50, shuffle=True), sample_order(0, 2, 50, shuffle=True)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()
    assert first.tolist() == sample_order(0, 1, 50, shuffle=True).tolist()
    assert first.tolist() != sample_order(1, 1, 50, shuffle=True).tolist()
    assert sample_order(0, 3, 4, shuffle=False).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_dropout_depends_on_the_epoch_and_on_nothing_before_it(engine):
    model, epochs = model_and_epochs(DATA, model={"kind": "mlp", "units": [8, 8], "dropout": 0.5}, engine=engine)
    start = model.get_weights()

    def trained_from_start(epoch):
        model.set_weights(start)
        return epochs.train(4, epoch, epoch), weights(model)

    second = trained_from_start(2)
    states = [layer.seed_generator.state.numpy().tolist() for layer in model.layers if "dropout" in layer.name]
    assert states[0] != states[1]
    assert trained_from_start(3) != second
    assert trained_from_start(2) == second


def test_each_random_layer_has_its_own_state():
    states = [tuple(row) for epoch in (1, 2) for row in random_states(0, epoch, 3)]
    assert len(set(states)) == 6
    assert random_states(0, 1, 0).shape == (0, 2)
