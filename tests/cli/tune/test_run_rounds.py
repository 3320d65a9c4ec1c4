"""Rounds with a function in place of a training: the study does not depend on which trial ends first."""

import random

import pytest

from stages.cli.tune.journal.journal import open_journal
from stages.cli.tune.run_rounds import Study, run_rounds, trial_sections
from stages.cli.tune.search.propose_trials import ROUND
from stages.cli.tune.study import Choices, NumberRange, Range, Values
from stages.cli.tune.workers.messages import Sections, TrialResult
from stages.core.errors import UserError

RANGES: dict[str, Range] = {
    "train.optimizer.learning_rate": NumberRange(kind="float", low=0.0001, high=0.1, log=True),
    "train.model.units": Choices(values=["[8]", "[16, 8]", "[32]"]),
}
SECTIONS: Sections = {
    "preprocess": {"targets": "y"},
    "train": {"epochs": 18, "model": {"units": [64]}, "optimizer": {"learning_rate": 0.001}},
}
DEFAULT: Values = {"train.optimizer.learning_rate": 0.001, "train.model.units": "[64]"}
STUDY = Study(RANGES, SECTIONS, DEFAULT, [2, 6], "lower", seed=3)


def fake_training(task):
    """A value that falls with each epoch, until the limit of a rung ends it; one kind of model fails."""
    train = task.sections["train"]
    if train["model"]["units"] == [32]:
        return TrialResult(state="failed", error="no memory")
    final = round(abs(train["optimizer"]["learning_rate"] - 0.01) * 10 + len(train["model"]["units"]), 6)
    rungs = {}
    for rung in task.rungs:
        rungs[rung] = round(final + 1 / rung, 6)
        if rungs[rung] > task.limits.get(rung, 1000):
            return TrialResult(state="stopped", value=rungs[rung], epochs=rung, rungs=rungs)
    return TrialResult(state="complete", value=final, epochs=18, best_epoch=18, rungs=rungs)


def workers(seed, ran, most=None):
    """Trials end in an order of their own, and at most so many in all."""

    def run(tasks):
        shuffled = random.Random(seed).sample(list(tasks), len(tasks)) if seed else list(tasks)
        for task in shuffled:
            if most is not None and len(ran) >= most:
                return
            ran.append(task.number)
            yield task, fake_training(task)

    return run


def run(path, trials, seed=0, ran=None, most=None, study=STUDY):
    run_tasks = workers(seed, [] if ran is None else ran, most)
    return run_rounds(study, trials, open_journal(path), run_tasks, lambda *_: None)


def test_trials_have_their_numbers_rounds_and_states(tmp_path):
    trials = run(tmp_path / "journal", 20)
    assert [trial.number for trial in trials] == list(range(20))
    assert [trial.round for trial in trials] == [number // ROUND for number in range(20)]
    assert {trial.state for trial in trials} == {"complete", "stopped", "failed"}
    assert trials[0].values == DEFAULT
    assert all(trial.state != "stopped" for trial in trials[:ROUND])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_trials_end_has_no_effect(tmp_path, seed):
    assert run(tmp_path / "other", 20, seed) == run(tmp_path / "in_order", 20)
    assert (tmp_path / "other").read_bytes() == (tmp_path / "in_order").read_bytes()


@pytest.mark.parametrize("most", [0, 1, 7, 8, 13, 19])
def test_an_interrupted_study_goes_on_and_repeats_nothing(tmp_path, most):
    ran: list[int] = []
    run(tmp_path / "journal", 20, 1, ran, most)
    trials = run(tmp_path / "journal", 20, 2, ran)
    assert trials == run(tmp_path / "whole", 20)
    assert (tmp_path / "journal").read_bytes() == (tmp_path / "whole").read_bytes()
    assert sorted(ran) == list(range(20))


@pytest.mark.parametrize("first", [1, 8, 11])
def test_more_trials_continue_the_study(tmp_path, first):
    ran: list[int] = []
    run(tmp_path / "journal", first, 0, ran)
    assert run(tmp_path / "journal", 20, 0, ran) == run(tmp_path / "whole", 20)
    assert sorted(ran) == list(range(20))


def test_fewer_trials_are_those_with_the_lowest_numbers(tmp_path):
    whole = run(tmp_path / "journal", 20)
    assert run(tmp_path / "journal", 5) == whole[:5]


def test_a_round_that_was_ended_has_gaps_and_no_round_follows(tmp_path):
    trials = run(tmp_path / "journal", 20, seed=1, most=10)
    assert len(trials) == 10
    assert {trial.round for trial in trials} == {0, 1}


def test_the_study_ends_when_all_combinations_were_tried(tmp_path):
    ranges = {"train.model.units": RANGES["train.model.units"]}
    study = Study(ranges, SECTIONS, {"train.model.units": "[64]"}, [], "lower", seed=0)
    assert len(run(tmp_path / "journal", 20, study=study)) == 4


def test_sections_of_a_trial():
    changed = trial_sections(SECTIONS, RANGES, {"train.model.units": "[16, 8]", "train.optimizer.learning_rate": 0.02})
    assert changed["train"] == {"epochs": 18, "model": {"units": [16, 8]}, "optimizer": {"learning_rate": 0.02}}
    assert changed["preprocess"] == SECTIONS["preprocess"]
    assert STUDY.sections_with(DEFAULT) is SECTIONS


@pytest.mark.error_case("damaged files")
def test_a_journal_of_another_study_is_refused(tmp_path):
    run(tmp_path / "journal", 8)
    other = Study(RANGES, SECTIONS, DEFAULT, [2, 6], "lower", seed=4)
    with pytest.raises(UserError, match="has other values than this study; remove the file"):
        run(tmp_path / "journal", 8, study=other)
