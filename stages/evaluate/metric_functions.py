"""Metrics on plain arrays: class numbers, or values in their own unit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Scores = dict[str, float]
RISING = {"accuracy", "macro_f1", "r2"}


def class_scores(truth: Array, predicted: Array, classes: int) -> Scores:
    table = confusion(truth, predicted, classes)
    per_class = class_figures(table)
    present = [f for f in per_class if f["support"]]
    return {
        "accuracy": float(np.trace(table) / max(1, table.sum())),
        "macro_f1": float(np.mean([f["f1"] for f in present])),
    }


def confusion(truth: Array, predicted: Array, classes: int) -> NDArray[np.int64]:
    """Rows are the truth, columns what was predicted.

    >>> confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    cells = np.bincount(truth.astype(np.int64) * classes + predicted, minlength=classes**2)
    return cells.reshape(classes, classes).astype(np.int64)


def class_figures(table: NDArray[np.int64]) -> list[dict[str, float]]:
    """Precision, recall, F1 and support of each class; what nobody predicted has precision 0."""
    hits, predicted, support = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    return [
        {
            "precision": _ratio(h, p),
            "recall": _ratio(h, s),
            "f1": _ratio(2 * h, p + s),
            "support": int(s),
        }
        for h, p, s in zip(hits, predicted, support, strict=True)
    ]


def value_scores(truth: Array, predicted: Array) -> Scores:
    """Over all columns; R2 is the mean of the columns' own, as scikit-learn takes it."""
    error = np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)
    mse = float(np.mean(error**2))
    scores = {"mse": mse, "mae": float(np.mean(np.abs(error))), "rmse": float(np.sqrt(mse))}
    return scores | ({"r2": r2(truth, predicted)} if len(truth) > 1 else {})


def r2(truth: Array, predicted: Array) -> float:
    """The share of the variance that is explained; a column without variance counts 1 when met and 0 otherwise.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.5
    """
    truth, predicted = (np.asarray(a, np.float64).reshape(len(a), -1) for a in (truth, predicted))
    left = ((truth - predicted) ** 2).sum(axis=0)
    whole = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    flat = np.where(left == 0, 1.0, 0.0)
    return float(np.mean(np.where(whole == 0, flat, 1 - left / np.where(whole == 0, 1.0, whole))))


def gain(metric: str, value: float, baseline: float) -> float:
    """How much better than the baseline; positive is better, whichever way the metric runs.

    >>> gain("accuracy", 0.75, 0.25), gain("rmse", 2.0, 1.5)
    (0.5, -0.5)
    """
    return value - baseline if metric in RISING else baseline - value


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
