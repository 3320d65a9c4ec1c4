from stages.cli.tune.page.ranges_table import ranges_table
from stages.cli.tune.page.study_trials import StudyTrials
from tests.cli.tune.page.example_studies import changed_ranges, usual


def test_ranges_with_the_values_of_conf() -> None:
    assert ranges_table(StudyTrials(usual()))[0] == (
        "train.optimizer.learning_rate", "number from 0.0001 to 0.1, logarithmic", "0.001",
    )  # fmt: skip
    assert ranges_table(StudyTrials(changed_ranges()))[1][1:] == (
        "one of: [64, 32]; [128, 64, 32]; [512, 256, 128, 64, 32]", "[8]",
    )  # fmt: skip
