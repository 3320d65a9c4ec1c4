import pytest

from stages.report.format_text import NOTHING
from stages.report.metric_descriptions import measure
from stages.report.sections.summary_section import error_removed, headline, metric_table
from tests.report.fakes import class_metrics, value_metrics


def test_accuracy_is_told_in_counted_samples_and_points():
    found = headline(class_metrics())
    assert (found.label, found.value, found.baseline_value) == ("Accuracy", "75%", "50%")
    assert found.sentence == "Of 4 test samples, which it never saw while learning, it gets 3 right."
    assert (found.gain, found.than) == ("25 points better", "always giving the most common answer (50%)")
    assert found.better
    assert not found.worse


def test_a_loss_against_the_baseline_is_called_worse():
    found = headline(value_metrics())
    assert found.gain == "0.5 worse"
    assert found.worse
    assert found.removed == -0.25
    assert found.bars_note == "Shorter is better."


def test_the_same_as_the_baseline_is_neither():
    found = headline(class_metrics(accuracy=0.5, gain=0))
    assert (found.better, found.worse, found.gain) == (False, False, "no better and no worse")


def test_training_rows_are_called_so():
    found = headline(value_metrics(split="train"))
    assert found.sentence == "Measured on 3 training samples, which it was trained on."


def test_bars_are_as_long_as_their_values():
    assert [(b.name, b.width) for b in headline(class_metrics()).bars] == [
        ("this model", "75.0%"),
        ("majority", "50.0%"),
    ]
    assert [b.width for b in headline(value_metrics()).bars] == ["100.0%", "80.0%"]


def test_below_zero_a_bar_is_empty():
    metrics = value_metrics(
        headline={"metric": "r2", "better": "higher", "baseline": "persistence"}, r2=-0.5, gain=-1.0
    )
    metrics["baseline"] = {"persistence": {"r2": 0.5}}
    assert [b.width for b in headline(metrics).bars] == ["0.0%", "100.0%"]


def test_one_of_several_targets_is_named():
    metrics = class_metrics(
        headline={"metric": "kind.accuracy", "better": "higher", "baseline": "majority"},
        kind={"accuracy": 0.75},
        baseline={"majority": {"kind": {"accuracy": 0.5}}},
    )
    assert headline(metrics).label == "kind: accuracy"


def test_without_an_error_to_remove_there_is_no_share_of_it():
    assert error_removed(measure("rmse"), 0.0, -0.1) is None
    assert error_removed(measure("somebodys_own"), 2.0, 1.0) is None
    assert error_removed(measure("r2"), -1.0, 1.0) == 0.5


def test_a_baseline_that_says_nothing_about_a_metric_leaves_it_empty():
    table = metric_table(class_metrics())
    assert table.baselines == ["majority"]
    assert [(r.label, r.model, r.baselines) for r in table.rows] == [
        ("Accuracy", "75%", ["50%"]),
        ("Loss", "0.6", [NOTHING]),
    ]


def test_a_headline_that_was_not_measured_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        headline(class_metrics(headline={"metric": "rmse", "better": "lower", "baseline": "majority"}))


SEEDS = {"count": 5, "mean": 0.7625, "spread": 0.0125, "worst": 0.75}


def test_what_several_seeds_say():
    assert headline(class_metrics(seeds=SEEDS)).steadiness == (
        "Over 5 seeds: 76.2% on average, 75% at worst, spread 1.2 points."
    )
    errors = {"count": 3, "mean": 2.75, "spread": 0.25, "worst": 3.0}
    assert headline(value_metrics(seeds=errors)).steadiness == (
        "Over 3 seeds: 2.75 on average, 3 at worst, spread 0.25."
    )


def test_seeds_that_agree_have_no_spread():
    assert headline(class_metrics(seeds=SEEDS | {"spread": 0.0})).steadiness.endswith("spread 0 points.")


def test_what_is_to_be_reached_is_told_in_the_metrics_own_way():
    assert headline(class_metrics(reach=0.98)).reach == "98%"
    assert headline(value_metrics(reach=15.06)).reach == "15.06"


def test_without_seeds_and_an_aim_nothing_is_said_of_them():
    found = headline(class_metrics())
    assert (found.steadiness, found.reach) == ("", "")


def test_seeds_and_aims_are_no_measurements():
    assert metric_table(class_metrics(seeds=SEEDS, reach=0.98)) == metric_table(class_metrics())
