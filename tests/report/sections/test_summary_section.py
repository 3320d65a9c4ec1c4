import pytest

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.report.format_text import DASH
from stages.report.metric_descriptions import describe_metric
from stages.report.sections.summary_section import SPLIT_USE, error_reduction, metric_table, summary
from tests.report.example_records import class_evaluation, value_evaluation

SEEDS = {"count": 5, "mean": 0.7625, "spread": 0.0125, "worst": 0.75}
VALUE_SEEDS = {"count": 3, "mean": 2.75, "spread": 0.25, "worst": 3.0}


def test_accuracy_is_shown_in_percent_and_samples() -> None:
    found = summary(class_evaluation())
    assert (found.label, found.value, found.baseline_value) == ("Accuracy", "75%", "50%")
    assert found.sentence.startswith("3 of 4 test samples are predicted correctly.")
    assert found.compared_with == "always predicting the most frequent class (50%)"
    assert summary(value_evaluation()).bars_note == "Shorter is better."


@pytest.mark.parametrize(
    ("evaluation", "expected"),
    [
        (class_evaluation(), ("25 points better", True, False, 0.5)),
        (value_evaluation(), ("0.5 worse", False, True, -0.25)),
        (class_evaluation(headline={"value": 0.5, "improvement": 0}), ("neither better nor worse", False, False, 0)),
    ],
)
def test_the_improvement_over_the_baseline(
    evaluation: EvaluationRecord, expected: tuple[str, bool, bool, float]
) -> None:
    found = summary(evaluation)
    assert (found.improvement, found.better, found.worse, found.error_reduction) == expected


@pytest.mark.parametrize("split", SPLIT_USE)
def test_the_use_of_the_split_is_explained(split: str) -> None:
    sentence = summary(value_evaluation(split=split)).sentence
    name = "training" if split == TRAIN else split
    assert sentence == f"Measured on 3 {name} samples. {SPLIT_USE[split]}"


def test_the_width_of_a_bar_is_its_value() -> None:
    assert summary(class_evaluation()).bars == [
        ("this model", "75%", "75.0%", True),
        ("majority", "50%", "50.0%", False),
    ]
    assert [width for _, _, width, _ in summary(value_evaluation()).bars] == ["100.0%", "80.0%"]


def test_a_negative_value_has_an_empty_bar() -> None:
    headline = {"metric": "r2", "better": "higher", "value": -0.5, "baseline_value": 0.5, "improvement": -1.0}
    assert [width for _, _, width, _ in summary(value_evaluation(headline=headline)).bars] == ["0.0%", "100.0%"]


def test_the_label_of_several_targets_names_the_target() -> None:
    metrics = {"species": {"accuracy": 0.75}, "width": {"mae": 0.5}}
    assert summary(class_evaluation(metrics=metrics)).label == "species: accuracy"


@pytest.mark.parametrize(
    ("metric", "baseline", "improvement", "expected"),
    [("rmse", 0.0, -0.1, None), ("unknown_metric", 2.0, 1.0, None), ("r2", -1.0, 1.0, 0.5)],
)
def test_error_reduction(metric: str, baseline: float, improvement: float, expected: float | None) -> None:
    assert error_reduction(describe_metric(metric), baseline, improvement) == expected


def test_a_baseline_without_a_metric_has_a_dash() -> None:
    table = metric_table(class_evaluation())
    assert table.baselines == ["majority"]
    assert table.rows == [["Accuracy", "75%", "50%"], ["Loss", "0.6", DASH]]


def test_metrics_of_several_targets_are_sorted_by_target() -> None:
    metrics = {"species": {"loss": 1.0}, "length": {"rmse": 2.0}}
    table = metric_table(class_evaluation(metrics=metrics, baselines={"linear": {"length": {"rmse": 3.0}}}))
    assert table.rows == [["length: root mean squared error", "2", "3"], ["species: loss", "1", DASH]]


@pytest.mark.parametrize(
    ("evaluation", "sentence"),
    [
        (class_evaluation(seeds=SEEDS), "Over 5 seeds: mean 76.2%, worst 75%, spread 1.2 points."),
        (class_evaluation(seeds=SEEDS | {"spread": 0.0}), "Over 5 seeds: mean 76.2%, worst 75%, spread 0 points."),
        (value_evaluation(seeds=VALUE_SEEDS), "Over 3 seeds: mean 2.75, worst 3, spread 0.25."),
        (class_evaluation(), ""),
    ],
)
def test_statistics_of_several_seeds(evaluation: EvaluationRecord, sentence: str) -> None:
    assert summary(evaluation).seeds == sentence


@pytest.mark.parametrize(
    ("evaluation", "text"),
    [(class_evaluation(reach=0.98), "98%"), (value_evaluation(reach=15.06), "15.06"), (class_evaluation(), "")],
)
def test_the_value_to_reach_is_formatted_like_the_metric(evaluation: EvaluationRecord, text: str) -> None:
    assert summary(evaluation).reach == text
