from typing import Any

import pytest

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.report.rendering.format_text import DASH, MINUS
from stages.report.rendering.metric_descriptions import describe_metric
from stages.report.sections.summary_section import (
    error_reduction,
    metric_notes,
    metric_tables,
    samples_sentence,
    summary,
)
from tests.report.example_forecasts import months
from tests.report.example_records import class_evaluation, value_evaluation

SEEDS = {"count": 5, "mean": 0.7625, "spread": 0.0125, "worst": 0.75}
VALUE_SEEDS = {"count": 3, "mean": 2.75, "spread": 0.25, "worst": 3.0}


def test_accuracy_is_shown_in_percent_and_samples() -> None:
    found = summary(class_evaluation())
    assert (found.label, found.value, found.baseline_value) == ("Accuracy", "75%", "50%")
    assert samples_sentence(class_evaluation(), "Used.") == "3 of 4 test samples are predicted correctly. Used."
    assert samples_sentence(value_evaluation(), "Used.") == "Measured on 3 test samples. Used."
    assert found.compared_with == "always predicting the most frequent class (50%)"
    assert summary(value_evaluation()).bars_note == "Shorter is better."


@pytest.mark.parametrize(
    ("evaluation", "expected"),
    [
        (class_evaluation(), ("25 points better", True, False, 0.5)),
        (value_evaluation(), ("0.5 worse", False, True, -0.25)),
        (
            class_evaluation(headline={"value": 0.5}, best_baseline={"improvement": 0.0}),
            ("neither better nor worse", False, False, 0),
        ),
    ],
)
def test_the_improvement_over_the_baseline(
    evaluation: EvaluationRecord, expected: tuple[str, bool, bool, float]
) -> None:
    found = summary(evaluation)
    assert (found.improvement, found.better, found.worse, found.error_reduction) == expected


BOOSTING = {"name": "gradient_boosting", "value": 0.8, "improvement": -0.05, "resamples": 1000}
TWO_BASELINES = {"majority": {"species": {"accuracy": 0.5}}, "gradient_boosting": {"species": {"accuracy": 0.8}}}


def boosted(interval: tuple[float, float] | None, **changes: Any) -> EvaluationRecord:
    best = BOOSTING | {"interval": interval} | changes
    return class_evaluation(baselines=TWO_BASELINES, best_baseline=best)


def test_the_model_is_compared_with_the_best_baseline() -> None:
    found = summary(boosted((-0.1, 0.02)))
    assert (found.improvement, found.better, found.worse) == ("5 points worse", False, True)
    assert (found.baseline, found.baseline_value) == ("gradient boosting", "80%")
    assert found.compared_with == "gradient boosting on the same inputs (80%), the best baseline"
    assert found.error_reduction == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("interval", "may_be_chance", "fact"),
    [
        ((-0.1, 0.02), True, f"{MINUS}10 points to +2 points. It contains 0"),
        ((-0.1, 0.0), True, f"{MINUS}10 points to 0 points. It contains 0"),
        ((-0.1, -0.02), False, f"{MINUS}10 points to {MINUS}2 points. It does not contain 0"),
        (None, False, "cannot be told from 4 test samples"),
    ],
)
def test_whether_the_difference_may_be_chance(interval: Any, may_be_chance: bool, fact: str) -> None:
    found = summary(boosted(interval))
    assert found.may_be_chance is may_be_chance
    assert fact in found.chance


def test_no_difference_and_training_rows_say_nothing_about_chance() -> None:
    assert summary(boosted((0.0, 0.0), improvement=0.0)).chance == ""
    assert summary(boosted(None).model_copy(update={"split": TRAIN})).chance == ""


def test_the_width_of_a_bar_is_its_value() -> None:
    assert summary(class_evaluation()).bars == [
        ("this model", "75%", "75.0%", True),
        ("majority", "50%", "50.0%", False),
    ]
    assert [width for _, _, width, _ in summary(value_evaluation()).bars] == ["100.0%", "80.0%"]


def test_bars_of_baselines_go_from_the_best_to_the_worst() -> None:
    def names(evaluation: EvaluationRecord, values: dict[str, float]) -> list[str]:
        target, metric = evaluation.headline.target, evaluation.headline.metric
        baselines = {name: {target: {metric: value}} for name, value in values.items()}
        return [name for name, *_ in summary(evaluation.model_copy(update={"baselines": baselines})).bars[1:]]

    values = {"drift": 3.0, "persistence": 1.0, "linear": 2.0}
    assert names(value_evaluation(), values) == ["persistence", "linear", "drift"]
    assert names(class_evaluation(), {"logistic": 0.7, "majority": 0.5, "boosted_trees": 0.9}) == [
        "boosted trees",
        "logistic",
        "majority",
    ]


def test_a_negative_value_has_an_empty_bar() -> None:
    headline = {"metric": "r2", "better": "higher", "value": -0.5}
    evaluation = value_evaluation(headline=headline, best_baseline={"value": 0.5, "improvement": -1.0})
    assert [width for _, _, width, _ in summary(evaluation).bars] == ["0.0%", "100.0%"]


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
    (table,) = metric_tables(class_evaluation())
    assert (table.target, table.baselines) == ("", ["majority"])
    assert table.rows == [["Accuracy", "75%", "50%"], ["Loss", "0.6", DASH]]


def test_every_target_has_a_table_with_its_own_baselines() -> None:
    metrics = {"species": {"loss": 1.0}, "length": {"rmse": 2.0}}
    baselines = {"linear": {"length": {"rmse": 3.0}}, "majority": {"species": {"accuracy": 0.5}}}
    length, species = metric_tables(class_evaluation(metrics=metrics, baselines=baselines))
    assert (length.target, length.baselines, length.rows) == (
        "length", ["linear"], [["Root mean squared error", "2", "3"]],
    )  # fmt: skip
    assert (species.target, species.baselines, species.rows) == ("species", ["majority"], [["Loss", "1", DASH]])


def fit(converged: bool | None, iterations: int | None = 1000) -> dict[str, Any]:
    return {"baseline": "logistic", "target": "species", "iterations": iterations, "converged": converged}


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"undefined": {"species": {"roc_auc": "why", "pr_auc": "why"}}}, "average precision, ROC AUC, since why"),
        ({"baseline_fits": [fit(True)]}, "logistic: converged on the training rows after 1,000 iterations"),
        ({"baseline_fits": [fit(False)]}, "logistic: did not converge on the training rows within 1,000 iterations"),
        ({"baseline_fits": [fit(True, None)]}, "logistic: converged on the training rows."),
        ({"baseline_fits": [fit(False, None)]}, "logistic: did not converge on the training rows; it could be better."),
        ({"baseline_fits": [fit(None)]}, "logistic: 1,000 iterations on the training rows"),
        (
            {"baseline_fits": [{"baseline": "linear", "target": "species", "left_out_inputs": ["city"]}]},
            "linear: without city, whose values are too many columns for least squares of all rows",
        ),
        (
            {
                "left_out_baselines": [
                    {"baseline": name, "target": "species", "reason": "why"}
                    for name in ("logistic", "gradient_boosting")
                ]
            },
            "logistic, gradient boosting; why",
        ),
    ],
)
def test_notes_on_metrics_and_baselines(changes: dict[str, Any], fact: str) -> None:
    (note,) = metric_notes(class_evaluation(**changes))
    assert fact in note
    two_targets = class_evaluation(metrics={"species": {"accuracy": 0.75}, "width": {"mae": 1.0}}, **changes)
    assert "of species" in metric_notes(two_targets)[0]


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


def test_without_an_interval_the_test_of_the_forecasts_tells_about_chance() -> None:
    evaluation = months().evaluation
    assert evaluation.best_baseline.interval is None
    assert "Diebold and Mariano" in summary(evaluation).chance
