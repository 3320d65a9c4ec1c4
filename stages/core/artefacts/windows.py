"""Windows over a series, without copies. All window arithmetic is here."""

from typing import Any, Literal

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
    """Window n has `length` rows as inputs, from row n * stride on; the forecast begins after the last of them.

    With `steps: last`, the target is the row `horizon` rows after the last input. With `steps: all`, the targets are
    all `horizon` rows after it, each a value of its own. `season` is the number of rows of a season, such as 12 for
    months.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    length: int = Field(ge=1)
    stride: int = Field(default=1, ge=1)
    horizon: int = Field(default=1, ge=1)
    steps: Literal["last", "all"] = Field(default="last", exclude_if=lambda steps: steps == "last")
    season: int | None = Field(default=None, ge=2, exclude_if=lambda season: season is None)

    @property
    def span(self) -> int:
        """The number of rows from the first input to the last target."""
        return self.length + self.horizon

    @property
    def steps_ahead(self) -> range:
        """How many rows after the last input each target is.

        >>> Window(length=2, horizon=3).steps_ahead, Window(length=2, horizon=3, steps="all").steps_ahead
        (range(3, 4), range(1, 4))
        """
        return range(1 if self.steps == "all" else self.horizon, self.horizon + 1)

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

    def target_rows(self, samples: Any) -> Any:
        """Return the row numbers of the targets of some windows, for an array or a tensor of window numbers.

        >>> Window(length=2, stride=3, horizon=2, steps="all").target_rows(np.array([0, 2]))
        array([[2, 3],
               [8, 9]])
        """
        first = self.length - 1
        return (samples * self.stride)[:, None] + np.arange(
            first + self.steps_ahead.start, first + self.steps_ahead.stop, dtype=np.int32
        )

    def last_target_rows(self, rows: int) -> slice:
        """Return where the last targets of all windows are in a series of this many rows.

        >>> range(100, 106)[Window(length=2, stride=2).last_target_rows(6)]
        range(102, 106, 2)
        """
        first = self.span - 1
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
        """Return the targets of all windows: the axes are windows, steps ahead, and those of a row.

        >>> Window(length=2, stride=2, horizon=2, steps="all").targets(np.arange(6))
        array([[2, 3],
               [4, 5]])
        """
        count, steps = self.count(len(series)), self.steps_ahead
        if not count:
            return np.empty((0, len(steps), *series.shape[1:]), series.dtype)
        return split_x(series[self.length - 1 + steps.start :], len(steps))[:: self.stride][:count]
