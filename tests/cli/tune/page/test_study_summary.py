import pytest

from stages.cli.tune.page.study_summary import best_values, comparison_panels, no_best_sentence, study_sentence
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import BestAgainstDefault
from stages.report.rendering.format_text import DASH
from tests.cli.tune.page.example_studies import all_failed, changed_ranges, comparisons, no_trials, study, trial, usual


def compared(interval: tuple[float, float] | None, improvement: float) -> BestAgainstDefault:
    return BestAgainstDefault(
        split="test", rows=1, default=0.5, best=0.5 + improvement, improvement=improvement, interval=interval,
        resamples=2000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("interval", "improvement", "tone", "fact"),
    [
        ((0.1, 0.3), 0.2, "good", "It does not contain 0"),
        ((-0.3, -0.1), -0.2, "bad", "It does not contain 0"),
        ((-0.1, 0.3), 0.1, "soft", "may be chance"),
        ((0.0, 0.3), 0.1, "soft", "may be chance"),
        ((0.0, 0.0), 0.0, "soft", "may be chance"),
        (None, 0.1, "soft", "There is no interval"),
    ],
)
def test_what_the_interval_says(interval: tuple[float, float] | None, improvement: float, tone: str, fact: str) -> None:
    trials = StudyTrials(study([trial(0, 0.5), trial(1, 0.6)], comparisons=[compared(interval, improvement)]))
    [panel] = comparison_panels(trials)
    assert panel.tone == tone
    assert fact in panel.interval
    assert panel.label == "Accuracy, 1 test row"


def test_validation_rows_before_test_rows_and_what_each_means() -> None:
    validation, test = comparison_panels(StudyTrials(usual()))
    assert ("validation rows" in validation.label, "test rows" in test.label) == (True, True)
    assert "too favourable" in validation.meaning
    assert "chose nothing" in test.meaning
    assert validation.improvement == "8.3 points better"
    assert "95.8% with trial 21, 87.5% with the default" in validation.values
    assert "+6.8 points to +11.3 points" in validation.interval


def test_a_trial_that_failed_or_was_stopped_is_never_the_best() -> None:
    """Also if its value is the best one: it has fewer epochs."""
    trials = StudyTrials(study([trial(0, None), trial(1, 0.99, state="stopped")], best=1))
    assert trials.best is None
    assert no_best_sentence(trials)
    assert comparison_panels(trials) == []
    assert best_values(trials) == []


def test_the_states_are_counted() -> None:
    result = study([trial(0), trial(1, None), trial(5, 0.5, state="stopped")])
    assert study_sentence(StudyTrials(result)).startswith("3 trials in 2 rounds: 1 complete, 1 stopped, 1 failed.")
    assert study_sentence(StudyTrials(no_trials())).startswith("0 trials in 0 rounds.")
    assert study_sentence(StudyTrials(all_failed())).startswith("5 trials in 2 rounds: 5 failed.")


def test_values_of_the_best_trial_beside_the_default() -> None:
    assert best_values(StudyTrials(changed_ranges())) == [
        ("train.batch", "1", "24"),
        ("train.model.units", "[8]", "[64, 32]"),
        ("train.seed", "3", DASH),
    ]


def test_the_best_first_then_stopped_then_failed() -> None:
    trials = [trial(0, 0.5), trial(1, None), trial(2, 0.9, state="stopped"), trial(3, 0.7), trial(4, 0.7)]
    higher, lower = study(trials), study(trials, better="lower")
    assert [each.number for each in StudyTrials(higher).sorted_by_value] == [3, 4, 0, 2, 1]
    assert [each.number for each in StudyTrials(lower).sorted_by_value] == [0, 3, 4, 2, 1]


def test_the_default_is_the_best() -> None:
    trials = StudyTrials(study([trial(0, 0.9), trial(1, 0.8)], comparisons=comparisons(0.9, 0.9)))
    assert comparison_panels(trials) == []
    assert no_best_sentence(trials).endswith("Its accuracy on 30 test rows is 90%.")


def test_trials_that_are_as_good_as_the_default_are_counted() -> None:
    trials = StudyTrials(study([trial(0, 1.0), trial(1, 1.0)]))
    assert "1 other trial has the same accuracy" in no_best_sentence(trials)
    assert "log_loss" in no_best_sentence(trials)
