from stages.cli.tune.page.importance_bars import importance_bars, importance_sentence
from stages.cli.tune.page.ranges_table import ranges_table
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.page.trials_table import trials_table
from stages.report.format_text import DASH
from tests.cli.tune.page.example_studies import all_failed, changed_ranges, study, trial, usual


def test_a_row_for_each_trial() -> None:
    trials = [trial(0, 0.5), trial(1, 0.75, seconds=12.3456), trial(2, None)]
    best, default, failed = trials_table(StudyTrials(study(trials))).rows
    assert (best.number, best.mark, best.value, best.state, best.seconds) == (1, "best", "75%", "complete", "12.3")
    assert (default.mark, default.epochs) == ("default", "20")
    assert (failed.value, failed.state, failed.error) == (DASH, "failed", "the loss is not a number after epoch 3")


def test_columns_of_parameters() -> None:
    table = trials_table(StudyTrials(changed_ranges()))
    assert table.parameters == [
        ("batch", "train.batch", True), ("units", "train.model.units", False), ("seed", "train.seed", True),
    ]  # fmt: skip
    assert table.rows[0].parameters == [("24", True), ("[64, 32]", False), (DASH, True)]


def test_the_default_may_be_the_best() -> None:
    assert trials_table(StudyTrials(study([trial(0)]))).rows[0].mark == "best, default"


def test_ranges_with_the_values_of_conf() -> None:
    assert ranges_table(StudyTrials(usual()))[0] == (
        "train.optimizer.learning_rate", "number from 0.0001 to 0.1, logarithmic", "0.001",
    )  # fmt: skip
    assert ranges_table(StudyTrials(changed_ranges()))[1][1:] == (
        "one of: [64, 32]; [128, 64, 32]; [512, 256, 128, 64, 32]", "[8]",
    )  # fmt: skip


def test_importance() -> None:
    assert [(name, text) for name, text, _, _ in importance_bars({"b": 0.3, "a": 0.7})] == [("a", "70%"), ("b", "30%")]
    assert "not measured" in importance_sentence(StudyTrials(all_failed()))
