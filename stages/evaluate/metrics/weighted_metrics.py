"""Metrics in which each row counts as much as its weight. Their names begin with `weighted_`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import BLOCK_SAMPLES, NewArray
from stages.evaluate.metrics import sorted_scores
from stages.evaluate.metrics.class_metrics import f1, precision, recall
from stages.evaluate.metrics.probability_metrics import (
    UndefinedMetricError,
    calibrated_probability,
    calibration_bins_of,
    log_losses,
    mean_over_classes,
)
from stages.evaluate.metrics.sorted_scores import SortedScores
from stages.evaluate.metrics.sums_of_blocks import sum_of_blocks

Array = NDArray[Any]
Floats = NDArray[np.float64]
PREFIX = "weighted_"


def weighted_confusion(truth: Array, predicted: Array, classes: int, weights: Array) -> Floats:
    """The sum of the weights in each cell. Rows are true classes, columns are predicted classes.

    >>> weighted_confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), 2, np.array([1.0, 2.0, 0.5])).tolist()
    [[1.0, 0.0], [0.5, 2.0]]
    """
    _check(weights)

    def of_block(block: slice) -> Floats:
        cells = truth[block].astype(np.int64) * classes + predicted[block]
        counts = np.bincount(cells, np.asarray(weights[block], np.float64), minlength=classes**2)
        return np.asarray(counts, np.float64)

    return np.asarray(sum_of_blocks(len(truth), of_block), np.float64).reshape(classes, classes)


def accuracy(matrix: Floats) -> float:
    return float(np.trace(matrix) / matrix.sum())


def balanced_accuracy(matrix: Floats) -> float:
    """The mean recall of the classes with weight."""
    support = matrix.sum(axis=1)
    return float(np.mean(np.diag(matrix)[support > 0] / support[support > 0]))


def macro_f1(matrix: Floats) -> float:
    """The mean F1 of the classes with weight."""
    support = matrix.sum(axis=1)
    both = (matrix.sum(axis=0) + support)[support > 0]
    return float(np.mean(2 * np.diag(matrix)[support > 0] / both))


def log_loss(
    truth: Array,
    probabilities: Array,
    weights: Array,
    positive: int | None = None,  # noqa: ARG001
    new_array: NewArray = np.empty,  # noqa: ARG001
) -> float:
    return _weighted_mean(weights, lambda block: log_losses(truth[block], probabilities[block]))


def calibration_error(
    truth: Array,
    probabilities: Array,
    weights: Array,
    positive: int | None = None,
    new_array: NewArray = np.empty,  # noqa: ARG001
) -> float:
    """The mean distance of probability and share of correct rows, in which both are weighted.

    >>> probabilities = np.array([[0.75, 0.25], [0.75, 0.25]])
    >>> calibration_error(np.array([0, 1]), probabilities, np.array([3.0, 1.0]))
    0.0
    """
    _check(weights)

    def differences_of_bins(block: slice) -> Floats:
        probability, correct = calibrated_probability(truth[block], probabilities[block], positive)
        differences = np.asarray(weights[block], np.float64) * (probability - correct)
        return np.array([differences[rows].sum() for rows in calibration_bins_of(probability)])

    total = sum(np.abs(sum_of_blocks(len(truth), differences_of_bins)).tolist())
    # Without the last bits: a model that is calibrated exactly has 0.
    return round(float(total / _total(weights)), 12)


def _roc_auc_of_one_class(positive: NDArray[np.bool_], score: Array, weights: Floats) -> float:
    """The share of pairs of a positive and a negative row, each as the product of their weights, in the right order.

    >>> _roc_auc_of_one_class(np.array([False, True, True]), np.array([0.2, 0.2, 0.9]), np.array([1.0, 1.0, 3.0]))
    0.875
    """
    positives, negatives = _weights_by_score(positive, score, weights)
    lower_negatives = np.cumsum(negatives) - negatives
    return float((positives * (lower_negatives + negatives / 2)).sum() / (positives.sum() * negatives.sum()))


def _average_precision_of_one_class(positive: NDArray[np.bool_], score: Array, weights: Floats) -> float:
    """The precision at each distinct score, from the highest on, weighted by the recall that it adds.

    >>> _average_precision_of_one_class(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]), np.array([1.0, 2, 3]))
    0.75
    """
    positives, negatives = (of_score[::-1] for of_score in _weights_by_score(positive, score, weights))
    found = np.cumsum(positives)
    precision = found / (found + np.cumsum(negatives))
    return float((precision * positives).sum() / found[-1])


def _weights_by_score(positive: NDArray[np.bool_], score: Array, weights: Floats) -> tuple[Floats, Floats]:
    """The weights of the positive rows and of the others at each distinct score, in ascending order."""
    distinct, index = np.unique(score, return_inverse=True)
    positives, negatives = (
        np.asarray(np.bincount(index, np.where(chosen, weights, 0.0), minlength=len(distinct)), np.float64)
        for chosen in (positive, ~positive)
    )
    return positives, negatives


def mean_squared_error(truth: Array, predicted: Array, weights: Array) -> float:
    return _weighted_mean(weights, lambda block: np.mean(_errors(truth[block], predicted[block]) ** 2, axis=1))


def mean_absolute_error(truth: Array, predicted: Array, weights: Array) -> float:
    return _weighted_mean(weights, lambda block: np.mean(np.abs(_errors(truth[block], predicted[block])), axis=1))


def root_mean_squared_error(truth: Array, predicted: Array, weights: Array) -> float:
    return float(np.sqrt(mean_squared_error(truth, predicted, weights)))


def r2(truth: Array, predicted: Array, weights: Array) -> float:
    """The mean of the columns' R2, as in scikit-learn: a constant column has 1 if it is predicted exactly, else 0.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 1.0]))
    0.5
    """
    _check(weights)
    rows = len(truth)

    def shares(block: slice) -> Floats:
        return np.asarray(weights[block], np.float64)[:, None]

    def values(block: slice) -> Floats:
        return np.asarray(truth[block], np.float64).reshape(block.stop - block.start, -1)

    residual = sum_of_blocks(
        rows, lambda block: (shares(block) * _errors(truth[block], predicted[block]) ** 2).sum(axis=0)
    )
    mean = sum_of_blocks(rows, lambda block: (shares(block) * values(block)).sum(axis=0)) / _total(weights)
    total = sum_of_blocks(rows, lambda block: (shares(block) * (values(block) - mean) ** 2).sum(axis=0))
    constant = np.where(residual == 0, 1.0, 0.0)
    return float(np.mean(np.where(total == 0, constant, 1 - residual / np.where(total == 0, 1.0, total))))


@dataclass(frozen=True)
class _RankMetric:
    """The mean over the classes of a metric that follows from the order of the scores.

    `of_sorted` computes it from scores that are sorted in files, for more rows than a block.
    """

    of_one_class: Callable[[NDArray[np.bool_], Array, Floats], float]
    of_sorted: Callable[[SortedScores, SortedScores], float]

    def __call__(
        self,
        truth: Array,
        probabilities: Array,
        weights: Array,
        positive: int | None = None,
        new_array: NewArray = np.empty,
    ) -> float:
        if len(truth) <= BLOCK_SAMPLES:
            counted, of_counted = _rows_that_count(weights)
            return mean_over_classes(
                lambda is_class, score: self.of_one_class(is_class, score, of_counted),
                truth[counted],
                probabilities[counted],
                positive,
            )
        _check(weights)
        counted = weights > 0

        def of_one_class(is_class: NDArray[np.bool_], score: Array) -> float:
            return self.of_sorted(
                sorted_scores.sort_scores(is_class & counted, score, weights, new_array),
                sorted_scores.sort_scores(~is_class & counted, score, weights, new_array),
            )

        # Rows without weight do not change the metric of a class, but say nothing of a class that no other rows have.
        return mean_over_classes(of_one_class, truth, probabilities, positive, counted)


roc_auc = _RankMetric(_roc_auc_of_one_class, sorted_scores.roc_auc)
pr_auc = _RankMetric(_average_precision_of_one_class, sorted_scores.average_precision)


CLASS_METRICS: dict[str, Callable[[Floats], float]] = {
    f"{PREFIX}accuracy": accuracy,
    f"{PREFIX}balanced_accuracy": balanced_accuracy,
    f"{PREFIX}macro_f1": macro_f1,
}
POSITIVE_CLASS_METRICS: dict[str, Callable[[Floats, int], float]] = {
    f"{PREFIX}precision": precision,
    f"{PREFIX}recall": recall,
    f"{PREFIX}f1": f1,
}
PROBABILITY_METRICS: dict[str, Callable[[Array, Array, Array, int | None, NewArray], float]] = {
    f"{PREFIX}calibration_error": calibration_error,
    f"{PREFIX}log_loss": log_loss,
    f"{PREFIX}pr_auc": pr_auc,
    f"{PREFIX}roc_auc": roc_auc,
}
VALUE_METRICS: dict[str, Callable[[Array, Array, Array], float]] = {
    f"{PREFIX}mse": mean_squared_error,
    f"{PREFIX}mae": mean_absolute_error,
    f"{PREFIX}rmse": root_mean_squared_error,
    f"{PREFIX}r2": r2,
}


def _rows_that_count(weights: Array) -> tuple[NDArray[np.bool_], Floats]:
    """Where the weight is not 0, and these weights: a class that only other rows have is not measured."""
    counted = _checked(weights) > 0
    return counted, np.asarray(weights[counted], np.float64)


def _checked(weights: Array) -> Floats:
    _check(weights)
    return np.asarray(weights, np.float64)


def _check(weights: Array) -> None:
    if not weights.any():
        raise UndefinedMetricError("the weights of all rows are 0")


def _weighted_mean(weights: Array, of_block: Callable[[slice], Floats]) -> float:
    """The mean of what `of_block` gives for each row of a block."""
    _check(weights)
    total = sum_of_blocks(len(weights), lambda block: (of_block(block) * np.asarray(weights[block], np.float64)).sum())
    return float(total / _total(weights))


def _total(weights: Array) -> Any:
    return sum_of_blocks(len(weights), lambda block: np.asarray(weights[block], np.float64).sum())


def _errors(truth: Array, predicted: Array) -> Floats:
    return (np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)).reshape(len(truth), -1)
