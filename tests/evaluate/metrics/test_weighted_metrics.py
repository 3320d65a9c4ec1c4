"""Weighted metrics by hand and as scikit-learn computes them with sample_weight."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.metrics.target_metrics import improvement, target_metrics
from stages.evaluate.target_predictions import TargetPredictions, predict_classes

RANDOM = np.random.default_rng(4)
WEIGHTS = RANDOM.uniform(0, 3, 50)
CLASSES = TargetSpec(column=ClassLabels(columns=["kind"], classes=["a", "b", "c"], encoding="integer"))
VALUES = TargetSpec(column=NumberColumns(columns=["y", "z"]))
TRUTH = np.tile([0, 1, 2, 1, 0], 10)
PROBABILITIES = RANDOM.dirichlet([1, 1, 1], 50)


def class_metrics(weights: Any) -> dict[str, float]:
    return target_metrics(CLASSES, TRUTH, predict_classes(PROBABILITIES).with_weights(np.asarray(weights))).values


def value_metrics(truth: Any, predicted: Any, weights: Any) -> dict[str, float]:
    return target_metrics(VALUES, truth, TargetPredictions(predicted, weights=np.asarray(weights))).values


def test_metrics_of_classes_are_those_of_scikit_learn() -> None:
    found, predicted = class_metrics(WEIGHTS), np.argmax(PROBABILITIES, axis=1)
    given = {"sample_weight": WEIGHTS}
    assert found["weighted_accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(TRUTH, predicted, **given))
    expected = sklearn_metrics.balanced_accuracy_score(TRUTH, predicted, **given)
    assert found["weighted_balanced_accuracy"] == pytest.approx(expected)
    expected = sklearn_metrics.f1_score(TRUTH, predicted, average="macro", **given)
    assert found["weighted_macro_f1"] == pytest.approx(expected)
    assert found["weighted_log_loss"] == pytest.approx(sklearn_metrics.log_loss(TRUTH, PROBABILITIES, **given))


def test_metrics_of_values_are_those_of_scikit_learn() -> None:
    truth, predicted = RANDOM.normal(size=(2, 50, 2))
    found = value_metrics(truth, predicted, WEIGHTS)
    for name, function in (
        ("mse", sklearn_metrics.mean_squared_error),
        ("mae", sklearn_metrics.mean_absolute_error),
        ("r2", sklearn_metrics.r2_score),
    ):
        assert found[f"weighted_{name}"] == pytest.approx(function(truth, predicted, sample_weight=WEIGHTS))
    assert found["weighted_rmse"] == pytest.approx(found["weighted_mse"] ** 0.5)


def test_equal_weights_change_nothing() -> None:
    truth, predicted = RANDOM.normal(size=(2, 50, 2))
    for found in (class_metrics(np.full(50, 0.25)), value_metrics(truth, predicted, np.full(50, 0.25))):
        weighted = {name: value for name, value in found.items() if name.startswith("weighted_")}
        assert weighted == {name: pytest.approx(found[name.removeprefix("weighted_")]) for name in weighted}
        assert len(weighted) == 4


def test_a_row_of_weight_zero_does_not_count() -> None:
    weights = np.where(np.arange(50) < 10, 0.0, 1.0)
    rest = target_metrics(CLASSES, TRUTH[10:], predict_classes(PROBABILITIES[10:])).values
    found = class_metrics(weights)
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "log_loss"):
        assert found[f"weighted_{name}"] == pytest.approx(rest[name])


def test_without_weights_there_are_no_weighted_metrics() -> None:
    found = target_metrics(CLASSES, TRUTH, predict_classes(PROBABILITIES)).values
    assert not [name for name in found if name.startswith("weighted_")]


def test_weights_that_are_all_zero_define_no_metric() -> None:
    measured = target_metrics(CLASSES, TRUTH, predict_classes(PROBABILITIES).with_weights(np.zeros(50)))
    assert measured.undefined["weighted_accuracy"] == "the weights of all rows are 0"


def test_which_way_is_better() -> None:
    assert improvement("weighted_accuracy", 0.75, 0.25) == 0.5
    assert improvement("weighted_rmse", 2.0, 1.5) == -0.5
