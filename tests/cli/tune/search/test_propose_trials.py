"""The values of trials: in their ranges, all different, and the same for the same seed and earlier trials."""

import pytest

from stages.cli.tune.search.propose_trials import ROUND, known_trials, lies_in, propose_round, round_numbers
from stages.cli.tune.study import Choices, NumberRange, Range, TrialRecord, Values

RATE = NumberRange(kind="float", low=0.0001, high=0.1, log=True)
RANGES: dict[str, Range] = {
    "train.optimizer.learning_rate": RATE,
    "train.epochs": NumberRange(kind="int", low=5, high=30, step=5),
    "train.model.dropout": NumberRange(kind="float", low=0.0, high=0.5, step=0.1),
    "train.model.units": Choices(values=["[32]", "[64, 32]"]),
}
DEFAULT: Values = {
    "train.optimizer.learning_rate": 0.001,
    "train.epochs": 20,
    "train.model.dropout": 0.0,
    "train.model.units": "[512]",
}


def fake_value(values):
    return round(abs(values["train.optimizer.learning_rate"] - 0.01) + values["train.epochs"] / 1000, 6)


def study(rounds, seed=0, ranges=RANGES, default=DEFAULT):
    trials: list[TrialRecord] = []
    for number in range(rounds):
        proposed = propose_round(number, ranges, default, trials, "lower", seed)
        trials += [
            TrialRecord(number=n, round=number, values=values, state="complete", value=fake_value(values))
            for n, values in zip(round_numbers(number), proposed, strict=True)
        ]
    return trials


def test_the_first_trial_has_the_default():
    assert propose_round(0, RANGES, DEFAULT, [], "lower", 0)[0] == DEFAULT


def test_values_lie_in_their_ranges_and_differ():
    trials = study(3)
    assert len(trials) == 3 * ROUND
    assert all(lies_in(RANGES, trial.values) for trial in trials[1:])
    assert len({repr(trial.values) for trial in trials}) == 3 * ROUND
    assert all(isinstance(trial.values["train.epochs"], int) for trial in trials)


def test_numbers_have_few_digits():
    rates = [trial.values["train.optimizer.learning_rate"] for trial in study(2)]
    assert all(float(f"{rate:.4g}") == rate for rate in rates)


def test_the_same_seed_gives_the_same_study_and_another_one_another():
    assert study(3) == study(3)
    assert study(1)[1:] != study(1, seed=1)[1:]


def test_a_round_depends_on_the_results_before_it():
    trials = study(2)
    other = [trial.model_copy(update={"value": -(trial.value or 0)}) for trial in trials]
    assert propose_round(2, RANGES, DEFAULT, trials, "lower", 0) != propose_round(2, RANGES, DEFAULT, other, "lower", 0)


def test_the_order_in_which_trials_ended_has_no_effect():
    trials = study(2)
    assert propose_round(2, RANGES, DEFAULT, trials[::-1], "lower", 0) == propose_round(
        2, RANGES, DEFAULT, trials, "lower", 0
    )


def test_later_rounds_come_nearer_to_the_best():
    trials = study(5)
    first, last = ([fake_value(t.values) for t in trials[n * ROUND : (n + 1) * ROUND]] for n in (0, 4))
    assert sum(last) < sum(first)


def test_a_search_ends_when_all_combinations_were_tried():
    ranges: dict[str, Range] = {
        "train.batch": Choices(values=["8", "16", "32"]),
        "train.shuffle": Choices(values=["true", "false"]),
    }
    default: Values = {"train.batch": "8", "train.shuffle": "true"}
    values = propose_round(0, ranges, default, [], "lower", 0)
    assert len(values) == 6
    assert {(v["train.batch"], v["train.shuffle"]) for v in values} == {
        (b, s) for b in ("8", "16", "32") for s in ("true", "false")
    }


def test_whole_numbers_are_all_tried():
    ranges: dict[str, Range] = {"train.epochs": NumberRange(kind="int", low=1, high=5, step=2)}
    values = propose_round(0, ranges, {"train.epochs": 3}, [], "lower", 0)
    assert sorted(each["train.epochs"] for each in values) == [1, 3, 5]


def test_a_default_outside_the_ranges_is_not_told_to_the_sampler():
    trial = TrialRecord(number=0, round=0, values=DEFAULT, state="complete", value=1.0)
    assert known_trials(RANGES, [trial]) == []
    assert (
        len(known_trials(RANGES, [trial.model_copy(update={"values": DEFAULT | {"train.model.units": "[32]"}})])) == 1
    )


@pytest.mark.parametrize("value", [3, 35, 6, True, "10"])
def test_values_outside_a_range(value):
    assert not lies_in({"train.epochs": RANGES["train.epochs"]}, {"train.epochs": value})


@pytest.mark.filterwarnings("error")
def test_steps_that_do_not_reach_the_upper_bound():
    ranges: dict[str, Range] = {
        "train.model.dropout": NumberRange(kind="float", low=0.0, high=0.5, step=0.2),
        "train.epochs": NumberRange(kind="int", low=1, high=8, step=3),
    }
    default: Values = {"train.model.dropout": 0.2, "train.epochs": 4}
    proposed = propose_round(0, ranges, default, [], "lower", seed=0)
    assert {values["train.model.dropout"] for values in proposed} == {0.0, 0.2, 0.4}
    assert {values["train.epochs"] for values in proposed} == {1, 4, 7}
    assert all(lies_in(ranges, values) for values in proposed)
    assert not lies_in(ranges, {"train.model.dropout": 0.5, "train.epochs": 4})
