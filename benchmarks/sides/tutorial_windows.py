"""Windows as tutorials cut them. Nothing of `stages` is imported: it would be loaded into the tutorials' processes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def split_x(series: Array, size: int) -> Array:
    """The function that tutorials use: a list of slices, copied into one array."""
    rows = []
    for i in range(len(series) - size + 1):
        rows.append(series[i : i + size])  # noqa: PERF401
    return np.array(rows)


def copy_windows(series: Array, length: int) -> tuple[Array, Array]:
    """Return inputs and targets: windows of `length` values, and the value that follows each window."""
    windows = split_x(series, length + 1)
    return windows[:, :-1], windows[:, -1]
