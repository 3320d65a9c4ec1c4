"""Fitted steps over the rows of a series. A row's new value depends on this row and on earlier ones alone.

The first axis of a matrix is time. A step that needs earlier rows returns fewer rows: the first ones are left out.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stages.core.artefacts.records.record import Record
from stages.core.columns.series.added_columns import lag_names, rolling_names
from stages.core.columns.series.series_params import Statistic

Floats = NDArray[np.float64]


def _mean(values: Sequence[Floats]) -> Floats:
    """The mean of the first numbers of the arrays, of the second ones, and so on, added in the order of the arrays.

    NumPy's mean over an axis takes several times as long, and its order depends on how the numbers lie in memory.
    """
    total = values[0].copy()
    for array in values[1:]:
        total += array
    total /= len(values)
    return total


def _deviation(values: Sequence[Floats]) -> Floats:
    mean, total = _mean(values), np.zeros_like(values[0])
    for array in values:
        difference = array - mean
        difference *= difference
        total += difference
    total /= len(values)
    return np.sqrt(total)


STATISTICS: dict[Statistic, Callable[[Sequence[Floats]], Floats]] = {
    "mean": _mean,
    "std": _deviation,
    "min": partial(reduce, np.minimum),
    "max": partial(reduce, np.maximum),
}


class _RowStep(Record):
    """`positions` are those of the columns that the step is for; None stands for all columns."""

    positions: list[int] | None = Field(default=None, exclude_if=lambda positions: positions is None)

    @property
    def lookback(self) -> int:
        """How many earlier rows a row needs."""
        return 0

    @property
    def chosen(self) -> Any:
        """The index of the step's columns."""
        return slice(None) if self.positions is None else self.positions

    def chosen_names(self, columns: Sequence[str]) -> list[str]:
        return [*columns] if self.positions is None else [columns[n] for n in self.positions]

    def output_names(self, columns: Sequence[str]) -> list[str]:
        return [*columns]


class FittedLog(_RowStep):
    step: Literal["log"] = "log"
    plus: float = 0.0

    def apply(self, matrix: Floats) -> Floats:
        result = np.array(matrix, np.float64)
        # A value that has no logarithm becomes infinite or NaN, which preprocess reports with the name of its column.
        with np.errstate(divide="ignore", invalid="ignore"):
            result[:, self.chosen] = np.log(result[:, self.chosen] + self.plus)
        return result

    def inverse(self, values: Floats) -> Floats:
        """Values have the columns as their last axis."""
        result = np.array(values, np.float64)
        with np.errstate(over="ignore"):
            result[..., self.chosen] = np.exp(result[..., self.chosen]) - self.plus
        return result


class FittedDifference(_RowStep):
    """The value minus that of `lag` rows before. `name` is the step in conf/."""

    step: Literal["difference"] = "difference"
    name: str = "difference"
    lag: int

    @property
    def lookback(self) -> int:
        return self.lag

    def apply(self, matrix: Floats) -> Floats:
        result = np.array(matrix[self.lag :], np.float64)
        result[:, self.chosen] -= matrix[: -self.lag][:, self.chosen]
        return result


class FittedLags(_RowStep):
    """Adds the values of `rows` rows before as columns."""

    step: Literal["lags"] = "lags"
    rows: list[int]

    @property
    def lookback(self) -> int:
        return max(self.rows)

    def apply(self, matrix: Floats) -> Floats:
        first, chosen = self.lookback, self.chosen
        lags = [matrix[first - lag : len(matrix) - lag][:, chosen] for lag in self.rows]
        return np.concatenate([matrix[first:], *lags], axis=1)

    def output_names(self, columns: Sequence[str]) -> list[str]:
        return [*columns, *lag_names(self.chosen_names(columns), self.rows)]


class FittedRolling(_RowStep):
    """Adds statistics of the last `rows` values as columns."""

    step: Literal["rolling"] = "rolling"
    rows: int
    statistics: list[Statistic]

    @property
    def lookback(self) -> int:
        return self.rows - 1

    def apply(self, matrix: Floats) -> Floats:
        values, count = matrix[:, self.chosen], len(matrix) - self.lookback
        # The first value of each window, the second one, and so on.
        of_windows = [values[number : number + count] for number in range(self.rows)]
        added = [STATISTICS[name](of_windows) for name in self.statistics]
        return np.concatenate([matrix[self.lookback :], *added], axis=1)

    def output_names(self, columns: Sequence[str]) -> list[str]:
        return [*columns, *rolling_names(self.chosen_names(columns), self.rows, self.statistics)]


FittedRowStep = Annotated[FittedLog | FittedDifference | FittedLags | FittedRolling, Field(discriminator="step")]
