"""Rounding of numbers that are committed or shown."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def round_significant(value: float, digits: int = 6) -> float:
    """Round to significant digits, so that the last bits of a value do not change committed files.

    >>> round_significant(0.123456789), round_significant(1234567.8), round_significant(0.0)
    (0.123457, 1234570.0, 0.0)
    """
    return float(f"{value:.{digits}g}")


def round_all(values: NDArray[np.floating[Any]], digits: int = 6) -> list[float]:
    """Each of many values as `round_significant` gives it.

    >>> round_all(np.array([0.123456789, 1234567.8]))
    [0.123457, 1234570.0]
    """
    return list(map(float, map(f"{{:.{digits}g}}".format, values.tolist())))


def round_difference(difference: float, value: float) -> float:
    """A difference of numbers of the size of `value`, rounded; 0 if only the last bits differ.

    >>> round_difference(1.1e-16, 0.97), round_difference(-0.0333333333, 0.97)
    (0.0, -0.0333333)
    """
    return 0.0 if abs(difference) <= 1e-12 * abs(value) else round_significant(difference)
