"""A series seen through windows: no copies, and never a look past the end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]


def split_x(series: Array, length: int) -> Array:
    """Every run of `length` consecutive rows, as a view.

    >>> split_x(np.arange(1, 5), 3)
    array([[1, 2, 3],
           [2, 3, 4]])
    """
    view = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)
    return np.moveaxis(view, -1, 1)


@dataclass(frozen=True)
class Window:
    """`length` rows go in; the row `horizon` steps after the last of them is the target."""

    length: int
    stride: int = 1
    horizon: int = 1

    @property
    def span(self) -> int:
        return self.length + self.horizon

    def count(self, rows: int) -> int:
        return max(0, (rows - self.span) // self.stride + 1)

    def targets_at(self, rows: int) -> slice:
        """Where the windows' targets stand.

        >>> range(100, 106)[Window(2, stride=2).targets_at(6)]
        range(102, 106, 2)
        """
        return self._every(self.span - 1, rows)

    def last_seen_at(self, rows: int) -> slice:
        """Where the windows' last rows stand."""
        return self._every(self.length - 1, rows)

    def _every(self, first: int, rows: int) -> slice:
        return slice(first, first + self.count(rows) * self.stride, self.stride)

    def inputs(self, series: Array) -> Array:
        """
        >>> Window(2, stride=2).inputs(np.arange(6))
        array([[0, 1],
               [2, 3]])
        """
        count = self.count(len(series))
        if not count:
            return np.empty((0, self.length, *series.shape[1:]), series.dtype)
        return split_x(series, self.length)[:: self.stride][:count]

    def targets(self, series: Array) -> Array:
        """
        >>> Window(2, stride=2).targets(np.arange(6))
        array([2, 4])
        """
        return series[self.targets_at(len(series))]
