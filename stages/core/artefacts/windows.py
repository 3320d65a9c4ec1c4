"""Windows over a series, without copies. All window arithmetic is here."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Array = NDArray[np.generic]


def split_x(series: Array, length: int) -> Array:
    """Return every run of `length` consecutive rows, as a view.

    >>> split_x(np.arange(1, 5), 3)
    array([[1, 2, 3],
           [2, 3, 4]])
    """
    view = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)
    return np.moveaxis(view, -1, 1)


class Window(BaseModel):
    """Window n has the rows from n * stride on as inputs; its target is `horizon` rows after the last of them."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    length: int = Field(ge=1)
    stride: int = Field(default=1, ge=1)
    horizon: int = Field(default=1, ge=1)

    @property
    def span(self) -> int:
        """The number of rows from the first input to the target."""
        return self.length + self.horizon

    def count(self, rows: int) -> int:
        """Return how many windows there are over a series of this many rows."""
        return max(0, (rows - self.span) // self.stride + 1)

    def input_rows(self, samples: Any) -> Any:
        """Return the row numbers of the inputs of some windows, for an array or a tensor of window numbers.

        >>> Window(length=2, stride=3).input_rows(np.array([0, 2]))
        array([[0, 1],
               [6, 7]])
        """
        # int32, since TensorFlow does not mix types, and the window numbers of a batch are int32.
        return (samples * self.stride)[:, None] + np.arange(self.length, dtype=np.int32)

    def target_row(self, samples: Any) -> Any:
        """Return the row number of the target of some windows.

        >>> Window(length=2, stride=3).target_row(np.array([0, 2]))
        array([2, 8])
        """
        return samples * self.stride + self.span - 1

    def target_rows(self, rows: int) -> slice:
        """Return where the targets of all windows are in a series of this many rows.

        >>> range(100, 106)[Window(length=2, stride=2).target_rows(6)]
        range(102, 106, 2)
        """
        return self._one_row_of_each(self.span - 1, rows)

    def last_input_rows(self, rows: int) -> slice:
        """Return where the last inputs of all windows are in a series of this many rows."""
        return self._one_row_of_each(self.length - 1, rows)

    def _one_row_of_each(self, first: int, rows: int) -> slice:
        return slice(first, first + self.count(rows) * self.stride, self.stride)

    def inputs(self, series: Array) -> Array:
        """
        >>> Window(length=2, stride=2).inputs(np.arange(6))
        array([[0, 1],
               [2, 3]])
        """
        count = self.count(len(series))
        if not count:
            return np.empty((0, self.length, *series.shape[1:]), series.dtype)
        return split_x(series, self.length)[:: self.stride][:count]

    def targets(self, series: Array) -> Array:
        """
        >>> Window(length=2, stride=2).targets(np.arange(6))
        array([2, 4])
        """
        return series[self.target_rows(len(series))]
