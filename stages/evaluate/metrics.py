"""Metrics of predictions: class numbers, or values in their own unit."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.records.evaluation import MetricValues

Array = NDArray[Any]
HIGHER_IS_BETTER = {"accuracy", "macro_f1", "r2"}


class ClassMetrics(NamedTuple):
    """Metrics of one class; `support` is the number of its rows."""

    precision: float
    recall: float
    f1: float
    support: int


def target_metrics(target: TargetSpec, truth: Array, predicted: Array) -> MetricValues:
    if target.classes is not None:
        return classification_metrics(truth, predicted, target.width)
    return regression_metrics(truth, predicted)


def classification_metrics(truth: Array, predicted: Array, classes: int) -> MetricValues:
    """Macro F1 is the mean over the classes that have rows."""
    matrix = confusion_matrix(truth, predicted, classes)
    return {
        "accuracy": float(np.trace(matrix) / max(1, matrix.sum())),
        "macro_f1": float(np.mean([metrics.f1 for metrics in per_class_metrics(matrix) if metrics.support])),
    }


def confusion_matrix(truth: Array, predicted: Array, classes: int) -> NDArray[np.int64]:
    """Rows are true classes, columns are predicted classes.

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    cells = np.bincount(truth.astype(np.int64) * classes + predicted, minlength=classes**2)
    return cells.reshape(classes, classes).astype(np.int64)


def per_class_metrics(matrix: NDArray[np.int64]) -> list[ClassMetrics]:
    """A class that was never predicted has precision 0."""
    correct, predicted, support = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    # Where a denominator is 0, so is the numerator.
    ratios = (correct / np.maximum(1, predicted), correct / np.maximum(1, support))
    f1 = 2 * correct / np.maximum(1, predicted + support)
    return [ClassMetrics(*row) for row in zip(*(r.tolist() for r in (*ratios, f1, support)), strict=True)]


def regression_metrics(truth: Array, predicted: Array) -> MetricValues:
    """Over all columns. A single row has no R2."""
    error = np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)
    mse = float(np.mean(error**2))
    metrics = {"mse": mse, "mae": float(np.mean(np.abs(error))), "rmse": float(np.sqrt(mse))}
    return metrics | ({"r2": r2(truth, predicted)} if len(truth) > 1 else {})


def r2(truth: Array, predicted: Array) -> float:
    """The mean of the columns' R2, as in scikit-learn: a constant column has 1 if it is predicted exactly, else 0.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.5
    """
    truth, predicted = (np.asarray(a, np.float64).reshape(len(a), -1) for a in (truth, predicted))
    residual = ((truth - predicted) ** 2).sum(axis=0)
    total = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    constant = np.where(residual == 0, 1.0, 0.0)
    return float(np.mean(np.where(total == 0, constant, 1 - residual / np.where(total == 0, 1.0, total))))


def improvement(metric: str, value: float, baseline: float) -> float:
    """How much better the value is than the baseline; a positive improvement is always better.

    >>> improvement("accuracy", 0.75, 0.25), improvement("rmse", 2.0, 1.5)
    (0.5, -0.5)
    """
    return value - baseline if metric in HIGHER_IS_BETTER else baseline - value
