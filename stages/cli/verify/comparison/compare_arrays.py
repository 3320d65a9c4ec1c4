"""Where two arrays differ. They are compared bit by bit: a NaN equals itself, and -0.0 differs from 0.0."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 20  # values compared at once, since an array can be larger than the memory


def array_difference(recorded: NDArray[Any], new: NDArray[Any]) -> str | None:
    """
    >>> array_difference(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.5, 4.25]]))
    '[1, 0]: 3.5, recorded 3.0; 2 of 4 values differ, at most by 0.5'
    >>> array_difference(np.zeros(3), np.zeros((3, 1)))
    'shape (3, 1), recorded (3,)'
    """
    if new.dtype != recorded.dtype:
        return f"dtype {new.dtype}, recorded {recorded.dtype}"
    if new.shape != recorded.shape:
        return f"shape {new.shape}, recorded {recorded.shape}"
    recorded_values, new_values = recorded.reshape(-1), new.reshape(-1)
    first, count, largest = None, 0, 0.0
    for start in range(0, recorded_values.size, CHUNK):
        recorded_part, new_part = (x[start : start + CHUNK] for x in (recorded_values, new_values))
        bits = f"V{recorded_part.itemsize}"
        indices = np.flatnonzero(recorded_part.view(bits) != new_part.view(bits))
        if indices.size and first is None:
            first = start + int(indices[0])
        count += indices.size
        if recorded_part.dtype.kind in "fiu":
            distances = np.abs(recorded_part[indices].astype(np.float64) - new_part[indices].astype(np.float64))
            largest = max(largest, np.max(distances, where=np.isfinite(distances), initial=0.0))
    if first is None:
        return None
    index = [int(i) for i in np.unravel_index(first, recorded.shape)]
    at_most = f", at most by {largest:.3g}" if largest else ""
    values = f"{new_values[first]!s}, recorded {recorded_values[first]!s}"
    return f"{index}: {values}; {count} of {recorded.size} values differ{at_most}"
