"""Intervals around predictions in a chart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.report.charts.svg import IntervalArea, extreme_indices

Numbers = Sequence[float] | NDArray[Any]


def interval_area(x: Numbers, lower: Numbers, upper: Numbers) -> IntervalArea:
    """The area between the bounds. Of many bounds, the lowest and the highest of each part stay."""
    kept = sorted({*extreme_indices(np.asarray(lower, np.float64)), *extreme_indices(np.asarray(upper, np.float64))})
    return IntervalArea([(float(x[i]), float(lower[i]), float(upper[i])) for i in kept])


def visible_range(values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> tuple[float, float]:
    """The range of the y axis. It has room for the bounds, but no more than twice the range of the values.

    >>> visible_range([10.0, 20.0], [8.0], [25.0]), visible_range([10.0, 20.0], [8.0], [float("inf")])
    ((8.0, 25.0), (8.0, 40.0))
    """
    low, high = min(values), max(values)
    room = 2 * (high - low) or abs(low) or 1.0
    return max(min(low, *lower), low - room) if lower else low, min(max(high, *upper), high + room) if upper else high


def is_cut_off(shown: tuple[float, float], lower: Sequence[float], upper: Sequence[float]) -> bool:
    """Whether a bound is outside the range of the y axis."""
    return bool(lower) and (min(lower) < shown[0] or max(upper) > shown[1])
