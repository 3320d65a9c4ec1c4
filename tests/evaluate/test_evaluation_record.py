from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import (
    BestBaseline,
    EvaluationRecord,
    Headline,
    MetricsByTarget,
    SeedStatistics,
)
from stages.core.errors import UserError
from stages.evaluate.evaluation_record import evaluation_record, find_headline, validation_gap
from stages.evaluate.params import Evaluate
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions, predict_classes
from tests.evaluate.processed_examples import class_and_value, classes, values
from tests.report.example_records import training_record

CLASSES = classes({"train": [0, 1, 1], "test": [1, 0, 1, 1]}, ["rose", "tulip"])
VALUES = values({"train": ([[0], [1], [2]], [1, 3, 5]), "test": ([[3], [4]], [7, 10])}, ["size"])
HISTORY = {
    "epoch": [1.0, 2.0, 3.0],
    "loss": [0.9, 0.5, 0.1],
    "accuracy": [0.5, 0.8, 1.0],
    "val_loss": [0.8, 0.6, 0.7],
    "val_accuracy": [0.5, 0.75, 0.7],
}


def evaluated(
    headline: str, data: ProcessedData, metrics: MetricsByTarget, *baselines: str, others: Any = (), **params: Any
) -> EvaluationRecord:
    """The predictions are the truth, whatever the metrics are."""
    fields = {"headline": headline, "baselines": [*baselines], "fitted_baselines": []}
    model = ModelEvaluation(perfect_predictions(data), metrics, undefined={}, thresholds={})
    return evaluation_record(Evaluate.model_validate(fields | params), data, training_record(), HISTORY, model, others)


def perfect_predictions(data: ProcessedData) -> dict[str, TargetPredictions]:
    return {
        name: TargetPredictions(truth)
        if data.fitted.targets[name].classes is None
        else predict_classes(np.eye(data.fitted.targets[name].width)[truth])
        for name, truth in data.truth("test").items()
    }


def test_record_of_one_target() -> None:
    record = evaluated("accuracy", CLASSES, {"kind": {"loss": 0.12345678, "accuracy": 1.0}}, "majority", "shuffled")
    assert set(record.baselines["shuffled"]["kind"]) == {"accuracy", "balanced_accuracy", "macro_f1"}
    majority = record.baselines["majority"]["kind"]
    assert (majority["accuracy"], majority["macro_f1"], majority["roc_auc"]) == (0.75, 0.428571, 0.5)
    assert record == EvaluationRecord(
        split="test",
        samples=4,
        metrics={"kind": {"loss": 0.123457, "accuracy": 1.0}},
        baselines=record.baselines,
        headline=Headline(target="kind", metric="accuracy", better="higher", value=1.0),
        best_baseline=BestBaseline(name="majority", value=0.75, improvement=0.25),
        best_epoch=2,
        epochs=3,
        gap={"loss": 0.1, "accuracy": -0.05},
        rows_digest=record.rows_digest,
    )
    assert record.rows_digest
    assert record.headline_name == "accuracy"
    assert record.tracked_metrics() == {"loss": 0.123457, "accuracy": 1.0}


def test_an_error_metric_gains_by_falling() -> None:
    """Least squares on 1, 3, 5 predicts 7 and 9; the truth is 7 and 10."""
    record = evaluated("rmse", VALUES, {"y": {"rmse": 0.0}}, "linear")
    assert (record.headline.metric, record.headline.better, record.best_baseline.name) == ("rmse", "lower", "linear")
    assert record.best_baseline.value == pytest.approx(0.5**0.5, rel=1e-5)
    assert record.best_baseline.improvement == pytest.approx(0.5**0.5, rel=1e-5)


def test_record_of_several_targets() -> None:
    metrics = {"kind": {"accuracy": 0.5}, "y": {"rmse": 1.0, "r2": 0.1}}
    record = evaluated("y.r2", class_and_value(), metrics, "majority", "linear")
    assert record.metrics == record.tracked_metrics() == metrics
    assert (record.headline_name, record.headline.better, record.best_baseline.name) == ("y.r2", "higher", "linear")
    assert {name: set(by_target) for name, by_target in record.baselines.items()} == {
        "majority": {"kind"},
        "linear": {"y"},
    }
    assert set(record.baselines["linear"]["y"]) == {"mse", "mae", "rmse", "r2"}
    assert record.best_baseline.value == record.baselines["linear"]["y"]["r2"]


@pytest.mark.parametrize(("headline", "compared_with"), [("y.rmse", "linear"), ("kind.accuracy", "majority")])
def test_the_headline_is_compared_with_the_best_baseline_of_its_target(headline: str, compared_with: str) -> None:
    """Of the two test rows, one has the most frequent class; shuffled puts both labels in the wrong place."""
    metrics = {"kind": {"accuracy": 0.5}, "y": {"rmse": 1.0}}
    record = evaluated(headline, class_and_value(), metrics, "shuffled", "linear", "majority", seed=3)
    assert record.baselines["shuffled"]["kind"]["accuracy"] == 0.0
    assert record.best_baseline.name == compared_with


@pytest.mark.parametrize("name", ["improvement", "headline", "samples", "seeds"])
def test_a_target_may_have_the_name_of_a_field(name: str) -> None:
    data = classes({"train": [0, 1], "test": [1, 0]}, ["rose", "tulip"])
    renamed = ProcessedData(
        data.fitted.model_copy(update={"targets": {name: data.fitted.targets["kind"]}}),
        {n: type(s)(s.inputs, {name: s.targets["kind"]}, s.rows) for n, s in data.splits.items()},
    )
    record = evaluated("accuracy", renamed, {name: {"accuracy": 1.0}}, "majority")
    assert (record.headline.target, record.tracked_metrics()) == (name, {"accuracy": 1.0})


def test_several_seeds_have_a_mean_a_spread_and_a_worst() -> None:
    """0.7, 0.8 and 0.9 differ from their mean by 0.1, 0 and 0.1; the squares add up to 0.02, divided by two."""
    first, *others = ({"kind": {"accuracy": value, "loss": 9.0}} for value in (0.8, 0.9, 0.7))
    record = evaluated("accuracy", CLASSES, first, "majority", others=others)
    assert record.seeds == SeedStatistics(count=3, mean=0.8, spread=0.1, worst=0.7)
    assert record.headline.value == 0.8, "the model is that of the first seed"


def test_the_worst_error_is_the_largest() -> None:
    first, *others = ({"y": {"rmse": value}} for value in (2.0, 4.0))
    seeds = evaluated("rmse", VALUES, first, "linear", others=others).seeds
    assert seeds == SeedStatistics(count=2, mean=3.0, spread=1.41421, worst=4.0)


def test_seeds_are_compared_by_the_headline_of_several_targets() -> None:
    first, *others = ({"kind": {"accuracy": 1.0}, "y": {"r2": value}} for value in (0.5, -0.5))
    seeds = evaluated("y.r2", class_and_value(), first, "linear", others=others).seeds
    assert seeds == SeedStatistics(count=2, mean=0.0, spread=0.707107, worst=-0.5)


def test_equal_seeds_have_a_spread_of_zero() -> None:
    metrics = {"kind": {"accuracy": 0.75}}
    seeds = evaluated("accuracy", CLASSES, metrics, "majority", others=[metrics]).seeds
    assert seeds is not None
    assert seeds.spread == 0.0


def test_a_single_seed_without_a_value_to_reach() -> None:
    record = evaluated("accuracy", CLASSES, {"kind": {"accuracy": 0.75}}, "majority")
    assert (record.seeds, record.reach) == (None, None)


@pytest.mark.parametrize("reach", [0.98, 1, 0])
def test_the_value_to_reach_is_recorded(reach: float) -> None:
    assert evaluated("accuracy", CLASSES, {"kind": {"accuracy": 0.75}}, "majority", reach=reach).reach == reach


@pytest.mark.parametrize(
    ("headline", "metrics", "suggestion"),
    [
        ("acuracy", {"kind": {"accuracy": 1.0, "loss": 0.1}}, "did you mean accuracy?"),
        ("kind.accuracy", {"kind": {"accuracy": 1.0}}, "did you mean accuracy?"),
        ("accuracy", {"kind": {"accuracy": 1.0}, "y": {"r2": 0.0}}, "did you mean kind.accuracy?"),
        ("q", {"y": {"mse": 1.0, "mae": 1.0}}, "allowed: mse, mae"),
        ("loss", {"y": {"loss": 1.0, "mse": 1.0, "mae": 1.0}}, "allowed: mse, mae"),
    ],
)
def test_a_headline_that_is_not_measured(headline: str, metrics: Any, suggestion: str) -> None:
    with pytest.raises(UserError) as caught:
        find_headline(headline, metrics)
    assert str(caught.value) == f"evaluate.headline: {headline!r} is not measured; {suggestion}"


def test_there_is_no_gap_without_a_validation_split() -> None:
    assert validation_gap({"epoch": [1.0], "loss": [1.0]}, 1) == {}


def test_fitted_baselines_are_recorded_with_their_fits() -> None:
    """No class is more likely for any row, since the only input is constant."""
    record = evaluated("accuracy", CLASSES, {"kind": {"accuracy": 1.0}}, "majority", fitted_baselines="auto")
    assert set(record.baselines) == {"majority", "logistic", "gradient_boosting"}
    assert {(fit.baseline, fit.target, fit.converged) for fit in record.baseline_fits} == {
        ("logistic", "kind", True),
        ("gradient_boosting", "kind", None),
    }
    assert record.left_out_baselines == []
    assert set(record.versions) == {"scikit-learn"}


def test_baselines_of_a_class_and_a_value() -> None:
    metrics = {"kind": {"accuracy": 1.0}, "y": {"rmse": 0.5}}
    record = evaluated("y.rmse", class_and_value(), metrics, "majority", "linear", fitted_baselines="auto")
    assert set(record.baselines["gradient_boosting"]) == {"kind", "y"}
    assert {name: set(by_target) for name, by_target in record.baselines.items() if len(by_target) == 1} == {
        "majority": {"kind"},
        "logistic": {"kind"},
        "linear": {"y"},
    }
    assert record.best_baseline.name == "linear", "boosting predicts the mean of so few rows"


def test_baselines_that_are_not_fitted_are_recorded() -> None:
    one_class = classes({"train": [1, 1], "test": [1, 0, 1, 1]}, ["rose", "tulip"])
    record = evaluated("accuracy", one_class, {"kind": {"accuracy": 1.0}}, "majority", fitted_baselines="auto")
    assert {each.baseline for each in record.left_out_baselines} == {"logistic", "gradient_boosting"}


def test_a_threshold_rule_chooses_a_threshold_for_each_fitted_baseline() -> None:
    data = classes({"train": [0, 1, 0, 0], "validation": [1, 0], "test": [1, 0]}, ["rose", "tulip"])
    metrics = {"kind": {"accuracy": 1.0}}
    by_rule = evaluated("accuracy", data, metrics, "majority", fitted_baselines=["logistic"], threshold="best_f1")
    default = evaluated("accuracy", data, metrics, "majority", fitted_baselines=["logistic"])
    assert by_rule.baselines["logistic"]["kind"]["macro_f1"] == pytest.approx(1 / 3, rel=1e-5), "all rows are positive"
    assert default.baselines["logistic"]["kind"]["macro_f1"] == pytest.approx(1 / 3, rel=1e-5), "all rows are negative"
    assert by_rule.baselines["majority"] == default.baselines["majority"]


def test_a_headline_needs_a_baseline_that_has_it() -> None:
    """Without a list of fitted baselines, only the data tell whether one of them has it."""
    metrics = {"kind": {"roc_auc": 1.0}}
    assert evaluated("roc_auc", CLASSES, metrics, "shuffled", "majority").best_baseline.name == "majority"
    fitted = evaluated("roc_auc", CLASSES, metrics, "shuffled", fitted_baselines="auto")
    assert fitted.best_baseline.name == "logistic"
    one_class = classes({"train": [1, 1], "test": [1, 0, 1, 1]}, ["rose", "tulip"])
    with pytest.raises(UserError) as caught:
        evaluated("roc_auc", one_class, metrics, "shuffled", fitted_baselines="auto")
    assert str(caught.value) == (
        "evaluate.headline: roc_auc is not defined for shuffled; "
        "add a baseline with probabilities, majority, or choose another headline"
    )


def test_a_headline_that_the_rows_do_not_define() -> None:
    with pytest.raises(UserError) as caught:
        find_headline("roc_auc", {"kind": {"accuracy": 1.0}}, {"kind": {"roc_auc": "all rows have the same class"}})
    assert str(caught.value) == (
        "evaluate.headline: roc_auc is not defined, since all rows have the same class; choose another metric"
    )
