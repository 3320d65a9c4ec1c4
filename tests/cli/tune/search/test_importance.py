import pytest

from stages.cli.tune.search.importance import MIN_TRIALS, importance_of
from stages.cli.tune.study import Choices, NumberRange, Range, TrialRecord

RANGES: dict[str, Range] = {
    "train.optimizer.learning_rate": NumberRange(kind="float", low=0.0, high=1.0),
    "train.batch": Choices(values=["8", "16"]),
}


def trial(number, value, state="complete"):
    values = {"train.optimizer.learning_rate": number / 20, "train.batch": ("8", "16")[number % 2]}
    return TrialRecord(number=number, round=0, values=values, state=state, value=value)


TRIALS = [trial(n, n / 20) for n in range(16)]


def test_the_parameter_that_decides_has_nearly_all():
    shares = importance_of(RANGES, TRIALS, "higher", 0)
    assert list(shares) == ["train.optimizer.learning_rate", "train.batch"]
    assert shares["train.optimizer.learning_rate"] > 0.9
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)


def test_it_is_the_same_for_the_same_seed():
    assert importance_of(RANGES, TRIALS, "higher", 0) == importance_of(RANGES, TRIALS, "higher", 0)


def test_it_is_empty_where_it_would_say_nothing():
    assert importance_of(RANGES, TRIALS[: MIN_TRIALS - 1], "higher", 0) == {}
    assert importance_of(RANGES, [trial(n, 1.0) for n in range(16)], "higher", 0) == {}
    assert importance_of(RANGES, [trial(n, n / 20, "stopped") for n in range(16)], "higher", 0) == {}
