import numpy as np
import pytest
from sklearn import metrics

from stages.evaluate.metric_functions import class_figures, class_scores, confusion, gain, r2, value_scores

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 4, 300)
PREDICTED = np.where(RNG.random(300) < 0.6, TRUTH, RNG.integers(0, 4, 300))
VALUES = RNG.normal(size=(200, 3))
NEAR = VALUES + RNG.normal(scale=0.5, size=(200, 3))


def test_classes_by_hand() -> None:
    """Of class 0 two of three are found and one other is taken for it; of class 1 one of two; class 2 is never said."""
    truth, predicted = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 0, 0])
    table = confusion(truth, predicted, 3)
    assert table.tolist() == [[2, 1, 0], [1, 1, 0], [1, 0, 0]]
    assert class_figures(table) == [
        {"precision": 2 / 4, "recall": 2 / 3, "f1": 4 / 7, "support": 3},
        {"precision": 1 / 2, "recall": 1 / 2, "f1": 2 / 4, "support": 2},
        {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
    ]
    assert class_scores(truth, predicted, 3) == {"accuracy": 0.5, "macro_f1": pytest.approx((4 / 7 + 1 / 2) / 3)}


def test_classes_as_scikit_learn_counts_them() -> None:
    table = confusion(TRUTH, PREDICTED, 4)
    np.testing.assert_array_equal(table, metrics.confusion_matrix(TRUTH, PREDICTED))
    expected = zip(*metrics.precision_recall_fscore_support(TRUTH, PREDICTED), strict=True)
    for row, figures in zip(class_figures(table), expected, strict=True):
        np.testing.assert_allclose(list(row.values()), figures, rtol=1e-12)
    found = class_scores(TRUTH, PREDICTED, 4)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(TRUTH, PREDICTED))
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(TRUTH, PREDICTED, average="macro"))


def test_a_class_that_no_row_has_weighs_nothing() -> None:
    """Class 3 is in the data but not in this split; who takes a row for it is punished where the row belongs."""
    truth, predicted = np.array([0, 1, 1, 2]), np.array([0, 1, 3, 2])
    expected = metrics.f1_score(truth, predicted, average="macro", labels=[0, 1, 2])
    assert class_scores(truth, predicted, 4)["macro_f1"] == pytest.approx(expected)
    assert class_figures(confusion(truth, predicted, 4))[3]["support"] == 0


def test_one_row_of_one_class() -> None:
    assert class_scores(np.array([1]), np.array([1]), 2) == {"accuracy": 1.0, "macro_f1": 1.0}
    assert class_scores(np.array([1]), np.array([0]), 2) == {"accuracy": 0.0, "macro_f1": 0.0}


def test_values_by_hand() -> None:
    """Errors 1, -1 and 2; the truth varies by 1, 0 and 1 around 2."""
    found = value_scores(np.array([[1.0], [2], [3]]), np.array([[2.0], [1], [5]]))
    assert found == {"mse": 2.0, "mae": pytest.approx(4 / 3), "rmse": pytest.approx(2**0.5), "r2": 1 - 6 / 2}


def test_values_as_scikit_learn_measures_them() -> None:
    found = value_scores(VALUES, NEAR)
    assert found["mse"] == pytest.approx(metrics.mean_squared_error(VALUES, NEAR))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(VALUES, NEAR))
    assert found["rmse"] == pytest.approx(metrics.mean_squared_error(VALUES, NEAR) ** 0.5)
    assert found["r2"] == pytest.approx(metrics.r2_score(VALUES, NEAR))


def test_single_precision_loses_nothing_on_the_way() -> None:
    truth = np.full((1000, 1), 1e4, np.float32)
    assert value_scores(truth, truth + np.float32(1))["mse"] == 1.0


@pytest.mark.parametrize("error", [0.0, 0.5])
def test_a_truth_that_never_changes(error: float) -> None:
    truth = np.column_stack([np.ones(5), np.arange(5.0)])
    predicted = truth + np.array([error, 0])
    assert r2(truth, predicted) == metrics.r2_score(truth, predicted)
    assert r2(truth[:, 0], predicted[:, 0]) == (0.0 if error else 1.0)


def test_one_row_has_no_variance_to_explain() -> None:
    found = value_scores(np.array([[3.0]]), np.array([[5.0]]))
    assert found == {"mse": 4.0, "mae": 2.0, "rmse": 2.0}


def test_gain_is_positive_when_the_model_is_better() -> None:
    assert gain("accuracy", 0.9, 0.4) == pytest.approx(0.5)
    assert gain("macro_f1", 0.3, 0.4) == pytest.approx(-0.1)
    assert gain("r2", 0.4, -0.1) == pytest.approx(0.5)
    assert [gain(metric, 1.5, 2.0) for metric in ("loss", "mse", "mae", "rmse")] == [0.5] * 4
