"""Several seeds, and a fresh model on all the rows that were there to learn from."""

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.train.loop.seeds import trials
from stages.train.loop.training import Training
from tests.train.made import an_input, one_split, params, processed, values, window

OWN = processed({"x": an_input(3)}, {"y": values()})
RESTLESS = {
    "model": {"kind": "mlp", "units": [4], "dropout": 0.5},
    "optimizer": {"kind": "adam", "learning_rate": 0.03},
}


def weights(model):
    return [w.tobytes() for w in model.get_weights()]


def alone(terms, own=OWN):
    training = Training(own, terms)
    return training.model, training.run(terms.seed, terms.epochs, "test")


def met(terms):
    """Every trial with its model's weights, which are its own only until the next trial."""
    return [(trial, weights(trial.model)) for trial in trials(OWN, terms, "test")]


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_each_seed_is_the_training_that_it_would_be_alone(engine):
    found = met(params(**RESTLESS, epochs=2, seed=5, seeds=3, engine=engine))
    assert [trial.seed for trial, _ in found] == [5, 6, 7]
    for trial, own in found:
        model, outcome = alone(params(**RESTLESS, epochs=2, seed=trial.seed, engine=engine))
        assert trial.outcome == outcome
        assert own == weights(model)
    assert len({trial.outcome.history[-1]["loss"] for trial, _ in found}) == 3


def test_one_seed_is_one_training():
    [trial] = trials(OWN, params(epochs=2), "test")
    assert trial.outcome == alone(params(epochs=2))[1]


def test_a_log_says_which_seed_it_is_at(capsys):
    list(trials(OWN, params(seed=3, seeds=2), "iris"))
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["iris seed 3", "iris seed 4"]
    list(trials(OWN, params(), "iris"))
    assert capsys.readouterr().out.startswith("iris: 1/1 ")


def both():
    """Training rows, then validation rows, all of them to learn from."""
    parts = [OWN.splits["train"], OWN.splits["validation"]]
    x, y = (np.concatenate(rows) for rows in ([p.inputs["x"] for p in parts], [p.targets["y"] for p in parts]))
    return one_split(OWN.fitted, {"x": x}, {"y": y}, 14)


def test_refit_is_a_fresh_model_trained_on_all_rows_for_as_many_epochs_as_were_best():
    _, search = alone(params(**RESTLESS, epochs=6))
    assert 1 < search.best_epoch < 6, "choose a rate at which the best epoch is neither the first nor the last"
    [trial] = trials(OWN, params(**RESTLESS, epochs=6, refit=True), "test")
    assert trial.outcome == search
    direct, _ = alone(params(**RESTLESS, epochs=search.best_epoch, monitor="loss", keep="last"), both())
    assert weights(trial.model) == weights(direct)


def test_every_seed_is_refitted_for_its_own_number_of_epochs():
    found = met(params(**RESTLESS, epochs=6, refit=True, seeds=2))
    assert len({trial.outcome.best_epoch for trial, _ in found}) == 2, "choose a rate at which the seeds differ"
    for trial, own in found:
        terms = params(**RESTLESS, epochs=trial.outcome.best_epoch, monitor="loss", keep="last", seed=trial.seed)
        assert own == weights(alone(terms, both())[0])


def refused(own, **terms):
    with pytest.raises(UserError) as caught:
        next(trials(own, params(**terms), "test"))
    return str(caught.value)


def test_without_rows_that_validate_there_is_nothing_to_add():
    own = processed({"x": an_input(3)}, {"y": values()}, validating=0)
    expected = "train.refit: no rows validate, so there is nothing to add; take it out"
    assert refused(own, refit=True, monitor="loss") == expected


def test_windows_of_two_splits_are_not_joined():
    """Between the two there would be windows that see the end of one and the beginning of the other."""
    own = processed({"x": an_input(1)}, {"y": values()})
    cut = own.fitted.model_copy(update={"window": window(2, 1, 1), "splits": {"train": 8, "validation": 2}})
    expected = "train.refit: windows of training and validation rows cannot be joined; take it out"
    assert refused(type(own)(cut, own.splits), refit=True) == expected
