"""Successive halving, by numbers worked out by hand."""

import pytest

from stages.cli.tune.search.halving import is_behind, limits_at_rungs, rungs_of, value_at_rung
from stages.cli.tune.study import TrialRecord


def trial(number, rungs, state="complete", value=None, epochs=18):
    return TrialRecord(number=number, round=0, values={}, state=state, value=value, epochs=epochs, rungs=rungs)


@pytest.mark.parametrize(
    ("epochs", "rungs"), [(1, []), (2, []), (3, []), (6, [2]), (9, [3]), (18, [2, 6]), (20, [2, 7]), (900, [100, 300])]
)
def test_rungs_are_a_ninth_and_a_third_of_the_epochs(epochs, rungs):
    assert rungs_of(epochs) == rungs


SIX = [trial(n, {2: value}) for n, value in enumerate([0.5, 0.9, 0.7, 0.8, 0.6, 0.4])]


def test_the_limit_is_the_worst_value_of_the_best_third():
    # Two of six: 0.9 and 0.8, or 0.4 and 0.5.
    assert limits_at_rungs([2], SIX, "higher") == {2: 0.8}
    assert limits_at_rungs([2], SIX, "lower") == {2: 0.5}


def test_a_third_is_rounded_down():
    assert limits_at_rungs([2], [*SIX, trial(6, {2: 0.85}), trial(7, {2: 0.1})], "higher") == {2: 0.85}


def test_there_is_no_limit_with_few_values():
    assert limits_at_rungs([2], SIX[:5], "higher") == {}
    assert limits_at_rungs([2, 6], SIX, "higher").keys() == {2}


def test_stopped_trials_count_at_the_rungs_that_they_reached():
    stopped = [trial(n, {2: 0.1, 6: 0.2}, "stopped", 0.2, 6) for n in range(6)]
    assert limits_at_rungs([2, 6], stopped, "higher") == {2: 0.1, 6: 0.2}


def test_failed_trials_do_not_count():
    assert limits_at_rungs([2], [*SIX[:5], trial(9, {2: 1.0}, "failed")], "higher") == {}


def test_a_training_that_ended_before_a_rung_has_its_final_value_there():
    assert value_at_rung(trial(0, {2: 0.5}, value=0.7, epochs=4), 6) == 0.7
    assert value_at_rung(trial(0, {2: 0.5}, value=0.7, epochs=6), 6) == 0.7
    assert value_at_rung(trial(0, {2: 0.5}, "stopped", 0.5, 2), 6) is None
    assert value_at_rung(trial(0, {2: 0.5, 6: 0.6}, value=0.7), 2) == 0.5


def test_an_equal_value_is_not_behind():
    assert not is_behind(0.8, 0.8, "higher")
    assert not is_behind(0.8, 0.8, "lower")
    assert is_behind(0.79, 0.8, "higher")
    assert is_behind(0.81, 0.8, "lower")
