import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.metrics import (
    classification_metrics,
    confusion_matrix,
    improvement,
    per_class_metrics,
    r2,
    regression_metrics,
    target_metrics,
)

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 4, 300)
PREDICTED = np.where(RNG.random(300) < 0.6, TRUTH, RNG.integers(0, 4, 300))
VALUES = RNG.normal(size=(200, 3))
PREDICTED_VALUES = VALUES + RNG.normal(scale=0.5, size=(200, 3))


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
    assert found["macro_f1"] == pytest.approx(sklearn_metrics.f1_score(TRUTH, PREDICTED, average="macro"))


def test_macro_f1_ignores_classes_without_rows() -> None:
    """Class 3 has no row in this split. A row predicted as 3 lowers the F1 of its true class."""
    truth, predicted = np.array([0, 1, 1, 2]), np.array([0, 1, 3, 2])
    expected = sklearn_metrics.f1_score(truth, predicted, average="macro", labels=[0, 1, 2])
    assert classification_metrics(truth, predicted, 4)["macro_f1"] == pytest.approx(expected)
    assert per_class_metrics(confusion_matrix(truth, predicted, 4))[3].support == 0


def test_classification_metrics_of_one_row() -> None:
    assert classification_metrics(np.array([1]), np.array([1]), 2) == {"accuracy": 1.0, "macro_f1": 1.0}
    assert classification_metrics(np.array([1]), np.array([0]), 2) == {"accuracy": 0.0, "macro_f1": 0.0}


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


def test_the_metrics_depend_on_the_kind_of_target() -> None:
    kind = TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=["rose", "tulip"]))
    size = TargetSpec(column=NumberColumns(columns=["size"]))
    assert set(target_metrics(kind, np.array([0]), np.array([0]))) == {"accuracy", "macro_f1"}
    assert set(target_metrics(size, np.array([[1.0]]), np.array([[2.0]]))) == {"mse", "mae", "rmse"}
