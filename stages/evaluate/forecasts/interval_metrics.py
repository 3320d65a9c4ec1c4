"""How good intervals are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.records.evaluation import MetricValues
from stages.inference.intervals.bounds import Bounds


def interval_metrics(truth: NDArray[Any], bounds: Bounds, level: float) -> MetricValues:
    return {"coverage": coverage(truth, bounds), "interval_score": interval_score(truth, bounds, level)}


def coverage(truth: NDArray[Any], bounds: Bounds) -> float:
    """The share of the true values that are in their interval; the bounds belong to it.

    >>> coverage(np.array([[1.0, 2.0]]), Bounds(np.array([[1.0, 0.0]]), np.array([[3.0, 1.0]])))
    0.5
    """
    return float(np.mean((bounds.lower <= truth) & (truth <= bounds.upper)))


def interval_score(truth: NDArray[Any], bounds: Bounds, level: float) -> float:
    """The mean score of Gneiting and Raftery (2007), in the target's unit: lower is better.

    It is the length of the interval, and for a truth outside of it 2 / (1 - level) times the distance more.

    >>> interval_score(np.array([[5.0, 2.0]]), Bounds(np.array([[1.0, 0.0]]), np.array([[3.0, 4.0]])), 0.5)
    7.0
    """
    outside = np.maximum(bounds.lower - truth, 0) + np.maximum(truth - bounds.upper, 0)
    return float(np.mean(bounds.upper - bounds.lower + 2 / (1 - level) * outside))
