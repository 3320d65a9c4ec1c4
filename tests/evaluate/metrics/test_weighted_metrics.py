"""Weighted metrics by hand and as scikit-learn computes them with sample_weight."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.metrics import weighted_metrics
from stages.evaluate.metrics.target_metrics import improvement, target_metrics
from stages.evaluate.target_predictions import TargetPredictions, predict_classes

RANDOM = np.random.default_rng(4)
WEIGHTS = RANDOM.uniform(0, 3, 50)
CLASSES = TargetSpec(column=ClassLabels(columns=["kind"], classes=["a", "b", "c"], encoding="integer"))
TWO_CLASSES = TargetSpec(column=ClassLabels(columns=["kind"], classes=["a", "b"], encoding="integer"))
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


def test_areas_are_those_of_scikit_learn() -> None:
    """Scores with one decimal, so that many are equal."""
    weights = np.where(np.arange(50) % 7, WEIGHTS, 0.0)
    probabilities = np.round(PROBABILITIES, 1)
    probabilities[:, 2] = 1 - probabilities[:, 0] - probabilities[:, 1]
    found = target_metrics(CLASSES, TRUTH, predict_classes(probabilities).with_weights(weights)).values
    one_hot = np.eye(3)[TRUTH]
    expected = sklearn_metrics.roc_auc_score(TRUTH, probabilities, multi_class="ovr", sample_weight=weights)
    assert found["weighted_roc_auc"] == pytest.approx(expected)
    expected = sklearn_metrics.average_precision_score(one_hot, probabilities, sample_weight=weights)
    assert found["weighted_pr_auc"] == pytest.approx(expected)


@pytest.mark.parametrize("positive", [None, 0, 1])
def test_metrics_of_two_classes_are_those_of_scikit_learn(positive: int | None) -> None:
    truth, of_second = np.arange(50) % 3 % 2, np.round(PROBABILITIES[:, 0], 2)
    probabilities = np.column_stack([1 - of_second, of_second])
    predictions = predict_classes(probabilities, positive=positive).with_weights(WEIGHTS)
    found = target_metrics(TWO_CLASSES, truth, predictions).values
    number = 1 if positive is None else positive
    rows = truth == number, probabilities[:, number]
    given = {"sample_weight": WEIGHTS}
    assert found["weighted_roc_auc"] == pytest.approx(sklearn_metrics.roc_auc_score(*rows, **given))
    assert found["weighted_pr_auc"] == pytest.approx(sklearn_metrics.average_precision_score(*rows, **given))
    for name, function in (
        ("precision", sklearn_metrics.precision_score),
        ("recall", sklearn_metrics.recall_score),
        ("f1", sklearn_metrics.f1_score),
    ):
        assert (f"weighted_{name}" in found) == (positive is not None)
        if positive is not None:
            expected = function(truth, predictions.predicted, pos_label=number, **given)
            assert found[f"weighted_{name}"] == pytest.approx(expected)


@pytest.mark.parametrize("positive", [None, 0, 1])
def test_a_weight_counts_as_that_many_rows(positive: int | None) -> None:
    """Scikit-learn has no weighted calibration, so that of repeated rows defines it."""
    weights = RANDOM.integers(0, 4, 50)
    truth, of_second = np.arange(50) % 2, np.round(PROBABILITIES[:, 0], 2)
    probabilities = np.column_stack([1 - of_second, of_second])
    repeated = np.repeat(np.arange(50), weights)
    expected = target_metrics(
        TWO_CLASSES, truth[repeated], predict_classes(probabilities[repeated], positive=positive)
    ).values
    weighted = predict_classes(probabilities, positive=positive).with_weights(weights.astype(np.float32))
    found = target_metrics(TWO_CLASSES, truth, weighted).values
    assert {f"weighted_{name}" for name in expected} <= set(found)
    for name, value in expected.items():
        assert found[f"weighted_{name}"] == pytest.approx(value), name


def test_weighted_areas_by_hand() -> None:
    """One positive row of weight 2 above and one of weight 1 below a negative row."""
    truth, probabilities = np.array([1, 0, 1]), np.array([[0.1, 0.9], [0.5, 0.5], [0.8, 0.2]])
    weights = np.array([2.0, 5.0, 1.0])
    assert weighted_metrics.roc_auc(truth, probabilities, weights) == pytest.approx(2 / 3)
    assert weighted_metrics.pr_auc(truth, probabilities, weights) == pytest.approx((2 * 1 + 1 * 3 / 8) / 3)


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
        assert len(weighted) == len(found) / 2


def test_a_row_of_weight_zero_does_not_count() -> None:
    weights = np.where(np.arange(50) < 10, 0.0, 1.0)
    rest = target_metrics(CLASSES, TRUTH[10:], predict_classes(PROBABILITIES[10:])).values
    found = class_metrics(weights)
    for name in rest:
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
