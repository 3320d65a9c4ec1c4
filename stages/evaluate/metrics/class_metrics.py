"""Metrics of predicted class numbers."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.sums_of_blocks import sum_of_blocks

Array = NDArray[Any]


class ClassMetrics(NamedTuple):
    """Metrics of one class; `support` is the number of its rows."""

    precision: float
    recall: float
    f1: float
    support: int


def accuracy(matrix: NDArray[np.int64]) -> float:
    return float(np.trace(matrix) / max(1, matrix.sum()))


def macro_f1(matrix: NDArray[np.int64]) -> float:
    """The mean F1 of the classes that have rows."""
    return float(np.mean([metrics.f1 for metrics in per_class_metrics(matrix) if metrics.support]))


def balanced_accuracy(matrix: NDArray[np.int64]) -> float:
    """The mean recall of the classes that have rows.

    >>> balanced_accuracy(np.array([[8, 0], [1, 1]]))
    0.75
    """
    return float(np.mean([metrics.recall for metrics in per_class_metrics(matrix) if metrics.support]))


def precision(matrix: Array, positive: int) -> float:
    """The share of the predictions of this class that are correct; 0 if it was never predicted.

    >>> matrix = np.array([[8, 2], [1, 3]])
    >>> precision(matrix, 1), recall(matrix, 1), f1(matrix, 0)
    (0.6, 0.75, 0.8421052631578947)
    """
    predicted = matrix[:, positive].sum()
    return float(matrix[positive, positive] / predicted) if predicted else 0.0


def recall(matrix: Array, positive: int) -> float:
    """The share of the rows of this class that are predicted correctly."""
    return float(matrix[positive, positive] / _support(matrix, positive))


def f1(matrix: Array, positive: int) -> float:
    """The harmonic mean of precision and recall of this class."""
    return float(2 * matrix[positive, positive] / (matrix[:, positive].sum() + _support(matrix, positive)))


def _support(matrix: Array, positive: int) -> float:
    if not (support := matrix[positive].sum()):
        raise UndefinedMetricError("no row has the positive class")
    return float(support)


def confusion_matrix(truth: Array, predicted: Array, classes: int) -> NDArray[np.int64]:
    """Rows are true classes, columns are predicted classes.

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    cells = sum_of_blocks(
        len(truth),
        lambda block: np.bincount(truth[block].astype(np.int64) * classes + predicted[block], minlength=classes**2),
    )
    matrix: NDArray[np.int64] = cells.reshape(classes, classes).astype(np.int64)
    return matrix


def per_class_metrics(matrix: NDArray[np.int64]) -> list[ClassMetrics]:
    """A class that was never predicted has precision 0."""
    correct, predicted, support = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    # Where a denominator is 0, so is the numerator.
    ratios = (correct / np.maximum(1, predicted), correct / np.maximum(1, support))
    f1 = 2 * correct / np.maximum(1, predicted + support)
    return [ClassMetrics(*row) for row in zip(*(r.tolist() for r in (*ratios, f1, support)), strict=True)]
