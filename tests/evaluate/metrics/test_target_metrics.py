from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.records.evaluation import MetricValues
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.metrics.class_metrics import confusion_matrix, per_class_metrics
from stages.evaluate.metrics.target_metrics import improvement, target_metrics
from stages.evaluate.metrics.value_metrics import r2
from stages.evaluate.target_predictions import TargetPredictions, predict_classes

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 4, 300)
PREDICTED = np.where(RNG.random(300) < 0.6, TRUTH, RNG.integers(0, 4, 300))
VALUES = RNG.normal(size=(200, 3))
PREDICTED_VALUES = VALUES + RNG.normal(scale=0.5, size=(200, 3))


def class_target(classes: int) -> TargetSpec:
    names = [str(number) for number in range(classes)]
    return TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=names))


def classification_metrics(truth: Any, predicted: Any, classes: int) -> MetricValues:
    return target_metrics(class_target(classes), truth, TargetPredictions(predicted)).values


def regression_metrics(truth: Any, predicted: Any) -> MetricValues:
    target = TargetSpec(column=NumberColumns(columns=["size"]))
    return target_metrics(target, truth, TargetPredictions(predicted)).values


def test_classification_metrics_computed_by_hand() -> None:
    """Two of three rows of class 0 are found and two others are predicted as 0; class 2 is never predicted."""
    truth, predicted = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 0, 0])
    matrix = confusion_matrix(truth, predicted, 3)
    assert matrix.tolist() == [[2, 1, 0], [1, 1, 0], [1, 0, 0]]
    assert per_class_metrics(matrix) == [
        (2 / 4, 2 / 3, 4 / 7, 3),
        (1 / 2, 1 / 2, 2 / 4, 2),
        (0.0, 0.0, 0.0, 1),
    ]
    assert classification_metrics(truth, predicted, 3) == {
        "accuracy": 0.5,
        "balanced_accuracy": pytest.approx((2 / 3 + 1 / 2) / 3),
        "macro_f1": pytest.approx((4 / 7 + 1 / 2) / 3),
    }


def test_classification_metrics_equal_those_of_scikit_learn() -> None:
    matrix = confusion_matrix(TRUTH, PREDICTED, 4)
    np.testing.assert_array_equal(matrix, sklearn_metrics.confusion_matrix(TRUTH, PREDICTED))
    expected = zip(*sklearn_metrics.precision_recall_fscore_support(TRUTH, PREDICTED), strict=True)
    for row, values in zip(per_class_metrics(matrix), expected, strict=True):
        np.testing.assert_allclose(row, values, rtol=1e-12)
    found = classification_metrics(TRUTH, PREDICTED, 4)
    assert found["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(TRUTH, PREDICTED))
    balanced = sklearn_metrics.balanced_accuracy_score(TRUTH, PREDICTED)
    assert found["balanced_accuracy"] == pytest.approx(balanced)
    assert found["macro_f1"] == pytest.approx(sklearn_metrics.f1_score(TRUTH, PREDICTED, average="macro"))


def test_macro_f1_ignores_classes_without_rows() -> None:
    """Class 3 has no row in this split. A row predicted as 3 lowers the F1 of its true class."""
    truth, predicted = np.array([0, 1, 1, 2]), np.array([0, 1, 3, 2])
    expected = sklearn_metrics.f1_score(truth, predicted, average="macro", labels=[0, 1, 2])
    assert classification_metrics(truth, predicted, 4)["macro_f1"] == pytest.approx(expected)
    assert per_class_metrics(confusion_matrix(truth, predicted, 4))[3].support == 0


def test_classification_metrics_of_one_row() -> None:
    assert set(classification_metrics(np.array([1]), np.array([1]), 2).values()) == {1.0}
    assert set(classification_metrics(np.array([1]), np.array([0]), 2).values()) == {0.0}


def test_regression_metrics_computed_by_hand() -> None:
    """The errors are 1, -1 and 2; the truth differs from its mean 2 by -1, 0 and 1."""
    found = regression_metrics(np.array([[1.0], [2], [3]]), np.array([[2.0], [1], [5]]))
    assert found == {"mse": 2.0, "mae": pytest.approx(4 / 3), "rmse": pytest.approx(2**0.5), "r2": 1 - 6 / 2}


def test_regression_metrics_equal_those_of_scikit_learn() -> None:
    found = regression_metrics(VALUES, PREDICTED_VALUES)
    assert found["mse"] == pytest.approx(sklearn_metrics.mean_squared_error(VALUES, PREDICTED_VALUES))
    assert found["mae"] == pytest.approx(sklearn_metrics.mean_absolute_error(VALUES, PREDICTED_VALUES))
    assert found["rmse"] == pytest.approx(sklearn_metrics.mean_squared_error(VALUES, PREDICTED_VALUES) ** 0.5)
    assert found["r2"] == pytest.approx(sklearn_metrics.r2_score(VALUES, PREDICTED_VALUES))


def test_single_precision_values_are_compared_in_double_precision() -> None:
    truth = np.full((1000, 1), 1e4, np.float32)
    assert regression_metrics(truth, truth + np.float32(1))["mse"] == 1.0


@pytest.mark.parametrize("error", [0.0, 0.5])
def test_r2_of_a_constant_column(error: float) -> None:
    truth = np.column_stack([np.ones(5), np.arange(5.0)])
    predicted = truth + np.array([error, 0])
    assert r2(truth, predicted) == sklearn_metrics.r2_score(truth, predicted)
    assert r2(truth[:, 0], predicted[:, 0]) == (0.0 if error else 1.0)


def test_one_row_has_no_r2() -> None:
    found = regression_metrics(np.array([[3.0]]), np.array([[5.0]]))
    assert found == {"mse": 4.0, "mae": 2.0, "rmse": 2.0}


def test_gain_is_positive_when_the_model_is_better() -> None:
    assert improvement("accuracy", 0.9, 0.4) == pytest.approx(0.5)
    assert improvement("macro_f1", 0.3, 0.4) == pytest.approx(-0.1)
    assert improvement("r2", 0.4, -0.1) == pytest.approx(0.5)
    assert [improvement(metric, 1.5, 2.0) for metric in ("loss", "mse", "mae", "rmse")] == [0.5] * 4


def test_values_of_windows_have_metrics_of_forecasts_too() -> None:
    """The naive error is 2: errors of 1, -1 and 2 are 2 / 3 of it. In percent of the mean of 1 and 2: 200 / 3."""
    predictions = TargetPredictions(np.array([[2.0], [1], [5]]), naive_errors=np.array([2.0]))
    target = TargetSpec(column=NumberColumns(columns=["size"]))
    found = target_metrics(target, np.array([[1.0], [2], [3]]), predictions)
    assert found.undefined == {}
    assert found.values["mase"] == pytest.approx(2 / 3)
    assert found.values["smape"] == pytest.approx((200 / 3 + 200 / 3 + 50) / 3)
    no_errors = target_metrics(target, np.ones((3, 1)), replace(predictions, naive_errors=np.zeros(1)))
    assert set(no_errors.undefined) == {"mase"}


@pytest.mark.parametrize("weighted", [False, True])
def test_all_steps_ahead_are_rows_of_the_columns(weighted: bool) -> None:
    """Two samples with three steps of two columns are six rows of two columns."""
    columns = [NumberColumns(columns=["a", "b"])] * 2
    all_steps, one_step = (TargetSpec(column=column, step_count=n) for column, n in zip(columns, (3, 1), strict=True))
    truth, predicted = RNG.normal(size=(2, 2, 6))
    weights = np.array([1.0, 3.0]) if weighted else None
    found = target_metrics(all_steps, truth, TargetPredictions(predicted, None, weights, None, np.array([1.0, 2.0])))
    as_rows = TargetPredictions(
        predicted.reshape(6, 2), None, None if weights is None else np.repeat(weights, 3), None, np.array([1.0, 2.0])
    )
    assert found.values == pytest.approx(target_metrics(one_step, truth.reshape(6, 2), as_rows).values)
    assert found.values["r2"] == pytest.approx(sklearn_metrics.r2_score(truth.reshape(6, 2), predicted.reshape(6, 2)))
    assert ("weighted_r2" in found.values) == weighted


def test_one_row_has_a_reason_for_no_r2() -> None:
    target = TargetSpec(column=NumberColumns(columns=["size"]))
    measured = target_metrics(target, np.array([[3.0]]), TargetPredictions(np.array([[5.0]])))
    assert measured.undefined == {"r2": "there are fewer than two rows"}


def test_the_metrics_depend_on_the_kind_of_target_and_on_probabilities() -> None:
    truth = np.array([0, 1])
    by_class = target_metrics(class_target(2), truth, TargetPredictions(truth)).values
    assert set(by_class) == {"accuracy", "balanced_accuracy", "macro_f1"}
    probabilities = np.array([[0.75, 0.25], [0.5, 0.5]])
    with_probabilities = target_metrics(class_target(2), truth, predict_classes(probabilities)).values
    assert set(with_probabilities) - set(by_class) == {"calibration_error", "log_loss", "pr_auc", "roc_auc"}
    assert set(regression_metrics(np.array([[1.0], [2]]), np.array([[2.0], [2]]))) == {"mse", "mae", "rmse", "r2"}


def test_metrics_that_rows_of_one_class_do_not_define_have_a_reason() -> None:
    truth, probabilities = np.array([1, 1]), np.array([[0.75, 0.25], [0.25, 0.75]])
    measured = target_metrics(class_target(2), truth, predict_classes(probabilities))
    assert measured.undefined == dict.fromkeys(["pr_auc", "roc_auc"], "all rows have the same class")
    assert {"accuracy", "log_loss", "calibration_error"} <= set(measured.values)


def test_outputs_that_are_no_probabilities_have_an_order_only() -> None:
    measured = target_metrics(class_target(2), np.array([0, 1]), predict_classes(np.array([[2.0, -1], [0.5, 0.75]])))
    assert set(measured.undefined) == {"calibration_error", "log_loss"}
    assert measured.values["roc_auc"] == 1.0
    sigmoids = target_metrics(class_target(2), np.array([0, 1]), predict_classes(np.array([[0.5, 0.1], [0.5, 0.9]])))
    assert "do not add up to 1" in sigmoids.undefined["log_loss"]
