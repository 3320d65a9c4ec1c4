"""Row numbers: a range where the rows are consecutive, which takes no memory, and an array where they are not."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.concatenated_arrays import Concatenate

RowNumbers = range | NDArray[np.int64]


def as_array(rows: RowNumbers) -> NDArray[np.int64]:
    """
    >>> as_array(range(2, 8, 3))
    array([2, 5])
    """
    return np.arange(rows.start, rows.stop, rows.step, dtype=np.int64) if isinstance(rows, range) else rows


def take_rows(values: Any, rows: RowNumbers) -> Any:
    """Return these rows of an array. A range gives a view.

    >>> take_rows(np.array([5, 6, 7, 8]), range(1, 3)), take_rows(np.array([5, 6, 7, 8]), np.array([0, 3]))
    (array([6, 7]), array([5, 8]))
    """
    return values[rows.start : rows.stop : rows.step] if isinstance(rows, range) else values[rows]


def concatenate_row_numbers(parts: Sequence[RowNumbers], concatenate: Concatenate = np.concatenate) -> RowNumbers:
    """Return a range if the parts are ranges that continue each other, else an array.

    >>> concatenate_row_numbers([range(2), range(2, 5)]), concatenate_row_numbers([range(2), range(4, 5)])
    (range(0, 5), array([0, 1, 4]))
    """
    ranges = [part for part in parts if isinstance(part, range) and part.step == 1]
    if len(ranges) == len(parts) and all(a.stop == b.start for a, b in pairwise(ranges)):
        return range(ranges[0].start, ranges[-1].stop) if ranges else range(0)
    return concatenate([as_array(part) for part in parts])
