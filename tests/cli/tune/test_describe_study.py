"""The summary that `restage tune` prints at its end."""

import pytest

from stages.cli.tune.describe_study import chance_on_test_rows, describe_result, ties_sentence
from stages.cli.tune.study import BestAgainstDefault, StudyResult
from tests.cli.tune.page.example_studies import comparisons, study, trial


def compared(improvement: float, interval: tuple[float, float] | None) -> StudyResult:
    found = BestAgainstDefault(
        split="test", rows=30, default=0.5, best=0.5 + improvement, improvement=improvement, interval=interval,
        resamples=1000,
    )  # fmt: skip
    return study([trial(0, 0.5), trial(1, 0.6)], comparisons=[comparisons(0.5, 0.6)[0], found])


@pytest.mark.parametrize(
    ("improvement", "interval", "is_said"),
    [
        (0.2, (0.1, 0.3), False),
        (0.1, (-0.1, 0.3), True),
        (0.1, (0.0, 0.3), True),
        (-0.2, (-0.3, -0.1), True),
        (0.0, None, True),
        (0.1, None, False),  # there is nothing that tells it
    ],
)
def test_the_improvement_may_be_chance(improvement: float, interval: tuple[float, float] | None, is_said: bool) -> None:
    result = compared(improvement, interval)
    assert len(chance_on_test_rows(result)) == is_said
    assert any("may be chance" in line for line in describe_result(result)) == is_said


def test_the_validation_rows_say_nothing_of_chance() -> None:
    found = comparisons(0.5, 0.6)[0].model_copy(update={"interval": (-1.0, 1.0)})
    assert chance_on_test_rows(study([trial(0, 0.5), trial(1, 0.6)], comparisons=[found])) == []


def test_no_trial_is_better_than_the_default() -> None:
    result = study([trial(0, 0.95), trial(1, 0.9), trial(2, None)], comparisons=comparisons(0.95, 0.95), importance={})
    assert describe_result(result)[2:] == [
        "no trial was better than the parameters of conf/: accuracy 0.95 on 24 validation rows, 0.95 on 30 test rows"
    ]


def test_trials_that_are_as_good_as_the_default() -> None:
    """A trial that was stopped has fewer epochs, so that it is not equally good."""
    trials = [trial(0, 1.0), trial(1, 1.0), trial(2, 0.9), trial(3, 1.0), trial(4, 1.0, state="stopped")]
    result = study(trials, comparisons=[], importance={})
    assert result.ties == 2
    assert describe_result(result)[3] == ties_sentence(result)
    assert ties_sentence(result).startswith("2 other trials have the same accuracy")


@pytest.mark.parametrize(
    ("metric", "finer"),
    [("accuracy", " log_loss"), ("kind.weighted_f1", " kind.weighted_log_loss"), ("roc_auc", " log_loss")],
)
def test_a_finer_metric(metric: str, finer: str) -> None:
    assert finer in ties_sentence(study([trial(0, 1.0), trial(1, 1.0)], metric=metric))


def test_a_metric_that_is_fine_enough() -> None:
    result = study([trial(0, 1.0), trial(1, 1.0)], metric="rmse", better="lower")
    assert ties_sentence(result) == "1 other trial has the same rmse"
