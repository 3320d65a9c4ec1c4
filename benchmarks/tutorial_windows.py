"""Windows as the tutorials cut them. Nothing of ours is loaded here: their processes would pay for it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def split_x(series: Array, size: int) -> Array:
    """As the tutorials write it: a list of slices, made an array."""
    rows = []
    for i in range(len(series) - size + 1):
        rows.append(series[i : i + size])  # noqa: PERF401
    return np.array(rows)


def copied(series: Array, length: int) -> tuple[Array, Array]:
    """Inputs and targets: the window's last value is what the others are to tell."""
    windows = split_x(series, length + 1)
    return windows[:, :-1], windows[:, -1]
