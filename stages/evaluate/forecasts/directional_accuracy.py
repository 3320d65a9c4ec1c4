"""How often a forecast says correctly whether the value rises or falls."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# The quantile of the normal distribution for an interval of 95%.
NORMAL_QUANTILE = 1.959963984540054


class Direction(NamedTuple):
    """`forecasts` are those whose truth rises or falls."""

    forecasts: int
    accuracy: float
    interval: tuple[float, float]


def directional_accuracy(
    truth: NDArray[Any], predicted: NDArray[Any], last_known: NDArray[Any], overlap: int
) -> Direction | None:
    """Compared with the last known value of each output. None if no true value differs from it.

    A forecast of the last known value itself is wrong. The steps and columns of a sample, and `overlap` samples in a
    row, depend on each other: they count as one for the interval.
    """
    change = np.sign(np.asarray(truth, np.float64) - last_known)
    moves = change != 0
    forecasts = int(moves.sum())
    if not forecasts:
        return None
    right = np.sign(np.asarray(predicted, np.float64) - last_known) == change
    accuracy = float(right[moves].mean())
    independent = max(1.0, int(moves.any(axis=1).sum()) / overlap)
    return Direction(forecasts, accuracy, wilson_interval(accuracy, independent))


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """The 95% interval of a share of `count` independent cases.

    >>> tuple(round(bound, 4) for bound in wilson_interval(0.5, 10))
    (0.2366, 0.7634)
    """
    square = NORMAL_QUANTILE**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = NORMAL_QUANTILE / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)
