"""Several seeds, and the refit on training and validation rows."""

import numpy as np
import pytest

from stages.train.loop.train_seeds import train_seeds
from stages.train.model.losses import losses_by_target
from tests.train.small_data import (
    input_spec,
    new_training,
    random_data,
    train,
    train_params,
    training_data,
    value_target,
    weights,
)

DATA = random_data({"x": input_spec(3)}, {"y": value_target()})
# The metrics of dropout with this rate change from epoch to epoch.
SETTINGS = {
    "model": {"kind": "mlp", "units": [4], "dropout": 0.5},
    "optimizer": {"kind": "adam", "learning_rate": 0.03},
}


def seeds_of(params):
    """Return every seed with the weights that its model has before the next seed is trained."""
    losses = losses_by_target(params, DATA.fitted.targets)
    return [(trained, weights(trained.model)) for trained in train_seeds(DATA, params, losses, "iris")]


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_each_seed_is_the_same_as_a_training_of_its_own(engine, capsys):
    (first, _), (second, second_weights) = seeds_of(train_params(**SETTINGS, epochs=2, seed=5, seeds=2, engine=engine))
    lines = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["iris seed 5", "iris seed 5", "iris seed 6", "iris seed 6"]
    assert (first.seed, second.seed) == (5, 6)
    assert first.engine == second.engine == engine
    assert first.result != second.result
    model, result = train(train_params(**SETTINGS, epochs=2, seed=6, engine=engine), DATA)
    assert second.result == result
    assert second_weights == weights(model)


def test_one_seed_is_one_training(capsys):
    [(trained, _)] = seeds_of(train_params(epochs=2))
    assert capsys.readouterr().out.startswith("iris: 1/2 ")
    assert trained.result == train(train_params(epochs=2), DATA)[1]


def all_rows():
    """Training rows, then validation rows, as training split."""
    splits = [DATA.splits["train"], DATA.splits["validation"]]
    x, y = (np.concatenate(rows) for rows in ([s.inputs["x"] for s in splits], [s.targets["y"] for s in splits]))
    return training_data(DATA.fitted, {"x": x}, {"y": y}, 14)


def test_refit_trains_a_fresh_model_on_all_rows_up_to_the_best_epoch_of_its_seed():
    search = new_training(train_params(**SETTINGS, epochs=6), DATA)
    direct = new_training(train_params(**SETTINGS, epochs=6, monitor="loss", keep="last"), all_rows())
    refitted = seeds_of(train_params(**SETTINGS, epochs=6, refit=True, seeds=2))
    best_epochs = {trained.result.best_epoch for trained, _ in refitted}
    assert len(best_epochs) == 2, "choose a rate at which the seeds have different best epochs"
    assert best_epochs != {1, 6}, "choose a rate at which a best epoch is neither the first nor the last"
    for trained, refitted_weights in refitted:
        assert trained.result == search.run(trained.seed, 6, "test")
        direct.run(trained.seed, trained.result.best_epoch, "test")
        assert refitted_weights == weights(direct.model)
