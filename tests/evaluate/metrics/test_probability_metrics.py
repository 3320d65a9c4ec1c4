from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics
from sklearn.calibration import calibration_curve

from stages.evaluate.metrics.probability_metrics import (
    CalibrationBin,
    UndefinedMetricError,
    calibration_bins,
    calibration_error,
    log_loss,
    pr_auc,
    roc_auc,
)

RNG = np.random.default_rng(0)


def random_rows(classes: int, rows: int = 400) -> tuple[Any, Any]:
    """Probabilities with two decimals, so that many are equal, which favour the true class."""
    truth = RNG.integers(0, classes, rows)
    raw = RNG.random((rows, classes)) + 0.5 * np.eye(classes)[truth]
    probabilities = np.round(raw / raw.sum(axis=1, keepdims=True), 2)
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
    return truth, probabilities


def test_two_classes_are_measured_as_scikit_learn_does() -> None:
    truth, probabilities = random_rows(2)
    assert roc_auc(truth, probabilities) == pytest.approx(sklearn_metrics.roc_auc_score(truth, probabilities[:, 1]))
    precision = sklearn_metrics.average_precision_score(truth, probabilities[:, 1])
    assert pr_auc(truth, probabilities) == pytest.approx(precision)
    assert log_loss(truth, probabilities) == pytest.approx(sklearn_metrics.log_loss(truth, probabilities))


def test_areas_of_the_first_of_two_classes() -> None:
    truth, probabilities = random_rows(2)
    rows = truth == 0, probabilities[:, 0]
    assert roc_auc(truth, probabilities, 0) == pytest.approx(sklearn_metrics.roc_auc_score(*rows))
    assert pr_auc(truth, probabilities, 0) == pytest.approx(sklearn_metrics.average_precision_score(*rows))
    assert pr_auc(truth, probabilities, 0) != pytest.approx(pr_auc(truth, probabilities, 1))
    assert log_loss(truth, probabilities, 0) == log_loss(truth, probabilities)


def test_several_classes_are_measured_as_scikit_learn_does() -> None:
    truth, probabilities = random_rows(4)
    expected = sklearn_metrics.roc_auc_score(truth, probabilities, multi_class="ovr")
    assert roc_auc(truth, probabilities) == pytest.approx(expected)
    one_hot = np.eye(4)[truth]
    assert pr_auc(truth, probabilities) == pytest.approx(
        sklearn_metrics.average_precision_score(one_hot, probabilities)
    )
    assert log_loss(truth, probabilities) == pytest.approx(sklearn_metrics.log_loss(truth, probabilities))


def test_a_class_without_rows_is_left_out_of_the_mean() -> None:
    truth, probabilities = random_rows(3)
    rows = truth != 2
    of_0 = sklearn_metrics.roc_auc_score(truth[rows] == 0, probabilities[rows, 0])
    of_1 = sklearn_metrics.roc_auc_score(truth[rows] == 1, probabilities[rows, 1])
    assert roc_auc(truth[rows], probabilities[rows]) == pytest.approx((of_0 + of_1) / 2)


@pytest.mark.parametrize("metric", [roc_auc, pr_auc])
@pytest.mark.parametrize("classes", [2, 3])
def test_rows_of_one_class_do_not_define_an_area(metric: Any, classes: int) -> None:
    with pytest.raises(UndefinedMetricError):
        metric(np.zeros(5, int), np.full((5, classes), 1 / classes))


def test_the_log_loss_of_a_wrong_certain_prediction_is_finite() -> None:
    truth, probabilities = np.array([0, 1]), np.array([[0, 1], [0, 1]], np.float32)
    assert log_loss(truth, probabilities) == pytest.approx(sklearn_metrics.log_loss(truth, probabilities))


def test_log_loss_computed_by_hand() -> None:
    assert log_loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.75, 0.25]])) == pytest.approx(np.log(8) / 2)


def test_calibration_computed_by_hand() -> None:
    """Two rows with 0.75, one of them correct; one row with 1.0, which is correct."""
    truth, probabilities = np.array([0, 1, 1]), np.array([[0.75, 0.25], [0.75, 0.25], [0, 1]])
    assert calibration_bins(truth, probabilities) == [CalibrationBin(2, 0.75, 0.5), CalibrationBin(1, 1.0, 1.0)]
    assert calibration_error(truth, probabilities) == pytest.approx((2 * 0.25 + 0) / 3)


def test_calibration_bins_equal_those_of_scikit_learn() -> None:
    truth, probabilities = random_rows(4)
    # scikit-learn puts a probability on an edge into the lower part, too.
    correct, highest = probabilities.argmax(axis=1) == truth, probabilities.max(axis=1)
    shares, means = calibration_curve(correct, highest, n_bins=10)
    found = calibration_bins(truth, probabilities)
    np.testing.assert_allclose([each.share_correct for each in found], shares)
    np.testing.assert_allclose([each.mean_probability for each in found], means)


@pytest.mark.parametrize("positive", [0, 1])
def test_calibration_of_a_positive_class_equals_that_of_scikit_learn(positive: int) -> None:
    truth, probabilities = random_rows(2)
    shares, means = calibration_curve(truth == positive, probabilities[:, positive], n_bins=10)
    found = calibration_bins(truth, probabilities, positive)
    np.testing.assert_allclose([each.share_correct for each in found], shares)
    np.testing.assert_allclose([each.mean_probability for each in found], means)


def test_calibration_of_a_positive_class_by_hand() -> None:
    """Of the second class: twice 0.25, one of the rows has it; once 1.0, which has it."""
    truth, probabilities = np.array([0, 1, 1]), np.array([[0.75, 0.25], [0.75, 0.25], [0, 1]])
    assert calibration_bins(truth, probabilities, 1) == [CalibrationBin(2, 0.25, 0.5), CalibrationBin(1, 1.0, 1.0)]
    assert calibration_error(truth, probabilities, 1) == pytest.approx(0.5 / 3)


@pytest.mark.parametrize("outputs", [[[1.5, -0.5], [0.5, 0.5]], [[0.5, 0.2], [0.5, 0.5]], np.empty((0, 2))])
@pytest.mark.parametrize("metric", [log_loss, calibration_error])
def test_outputs_that_are_no_probabilities(metric: Any, outputs: Any) -> None:
    with pytest.raises(UndefinedMetricError):
        metric(np.zeros(len(outputs), int), np.array(outputs))
