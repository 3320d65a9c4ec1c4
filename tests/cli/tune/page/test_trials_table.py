from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.page.trials_table import trials_table
from stages.report.rendering.format_text import DASH
from tests.cli.tune.page.example_studies import changed_ranges, study, trial


def test_a_row_for_each_trial() -> None:
    trials = [trial(0, 0.5), trial(1, 0.75), trial(2, None)]
    best, default, failed = trials_table(StudyTrials(study(trials))).rows
    assert (best.number, best.mark, best.value, best.state) == (1, "best", "75%", "complete")
    assert (default.mark, default.epochs) == ("default", "20")
    assert (failed.value, failed.state, failed.error) == (DASH, "failed", "the loss is not a number after epoch 3")


def test_columns_of_parameters() -> None:
    table = trials_table(StudyTrials(changed_ranges()))
    assert table.parameters == [
        ("batch", "train.batch", "n"), ("units", "train.model.units", "short"), ("seed", "train.seed", "n"),
    ]  # fmt: skip
    assert table.rows[0].parameters == [("24", "n"), ("[64, 32]", "short"), (DASH, "n")]


def test_the_most_important_parameter_is_first() -> None:
    table = trials_table(StudyTrials(study([trial(0)], importance={"train.batch": 0.7, "train.model.units": 0.3})))
    assert [name for _, name, _ in table.parameters] == [
        "train.batch", "train.model.units", "train.optimizer.learning_rate", "train.model.dropout",
    ]  # fmt: skip


def test_the_metric_has_a_short_and_a_whole_name() -> None:
    table = trials_table(StudyTrials(study([trial(0)], metric="price.rmse")))
    assert (table.metric, table.metric_label) == ("rmse", "price: root mean squared error")


def test_the_default_may_be_the_best() -> None:
    assert trials_table(StudyTrials(study([trial(0)]))).rows[0].mark == "best, default"


def test_choices_of_numbers_and_numbers_with_an_exponent_are_numeric() -> None:
    trials = [trial(n, values={"train.batch": "8", "train.optimizer.learning_rate": 1e-7 * (n + 1)}) for n in range(3)]
    assert [css_class for _, _, css_class in trials_table(StudyTrials(study(trials, ranges={}))).parameters] == [
        "n",
        "n",
    ]
