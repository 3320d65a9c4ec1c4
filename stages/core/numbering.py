"""Numbers of rows: a range where they follow each other, which takes no room, and an array where they do not."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

RowNumbers = range | NDArray[np.int64]


def array_of(rows: RowNumbers) -> NDArray[np.int64]:
    """
    >>> array_of(range(2, 8, 3))
    array([2, 5])
    """
    return np.arange(rows.start, rows.stop, rows.step, dtype=np.int64) if isinstance(rows, range) else rows


def picked(values: Any, rows: RowNumbers) -> Any:
    """Those rows of an array; where they follow each other, a view and no copy.

    >>> picked(np.array([5, 6, 7, 8]), range(1, 3)), picked(np.array([5, 6, 7, 8]), np.array([0, 3]))
    (array([6, 7]), array([5, 8]))
    """
    return values[rows.start : rows.stop : rows.step] if isinstance(rows, range) else values[rows]


def shifted(rows: RowNumbers, by: int) -> RowNumbers:
    """
    >>> shifted(range(2, 4), -2), shifted(np.array([2, 5]), 1)
    (range(0, 2), array([3, 6]))
    """
    return range(rows.start + by, rows.stop + by, rows.step) if isinstance(rows, range) else rows + by


def joined_numbers(parts: Sequence[RowNumbers]) -> RowNumbers:
    """One after another.

    >>> joined_numbers([range(2), range(2, 5)]), joined_numbers([range(2), range(4, 5)]), joined_numbers([])
    (range(0, 5), array([0, 1, 4]), range(0, 0))
    """
    runs = [part for part in parts if isinstance(part, range) and part.step == 1]
    if len(runs) == len(parts) and all(a.stop == b.start for a, b in pairwise(runs)):
        return range(runs[0].start, runs[-1].stop) if runs else range(0)
    return np.concatenate([array_of(part) for part in parts])
