"""Numbers of rows: a range where they follow each other, which takes no room, and an array where they do not."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

RowNumbers = range | NDArray[np.int64]


def as_array(rows: RowNumbers) -> NDArray[np.int64]:
    """
    >>> as_array(range(2, 8, 3))
    array([2, 5])
    """
    return np.arange(rows.start, rows.stop, rows.step, dtype=np.int64) if isinstance(rows, range) else rows


def take_rows(values: Any, rows: RowNumbers) -> Any:
    """Those rows of an array; where they follow each other, a view and no copy.

    >>> take_rows(np.array([5, 6, 7, 8]), range(1, 3)), take_rows(np.array([5, 6, 7, 8]), np.array([0, 3]))
    (array([6, 7]), array([5, 8]))
    """
    return values[rows.start : rows.stop : rows.step] if isinstance(rows, range) else values[rows]


def shift_rows(rows: RowNumbers, by: int) -> RowNumbers:
    """
    >>> shift_rows(range(2, 4), -2), shift_rows(np.array([2, 5]), 1)
    (range(0, 2), array([3, 6]))
    """
    return range(rows.start + by, rows.stop + by, rows.step) if isinstance(rows, range) else rows + by


def concatenate_row_numbers(parts: Sequence[RowNumbers]) -> RowNumbers:
    """One after another.

    >>> concatenate_row_numbers([range(2), range(2, 5)]), concatenate_row_numbers([range(2), range(4, 5)])
    (range(0, 5), array([0, 1, 4]))
    """
    runs = [part for part in parts if isinstance(part, range) and part.step == 1]
    if len(runs) == len(parts) and all(a.stop == b.start for a, b in pairwise(runs)):
        return range(runs[0].start, runs[-1].stop) if runs else range(0)
    return np.concatenate([as_array(part) for part in parts])
