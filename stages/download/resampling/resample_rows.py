"""One row for each period of a series, made of the rows of that period and, in gaps, of earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError, suggest
from stages.download.params.resample_params import How, Resample
from stages.download.resampling.periods import Periods

# More than this, and more than the rows, is a mistake in `every`.
MAX_PERIODS = 10_000_000
OF_NUMBERS = ("mean", "sum", "min", "max")


@dataclass(frozen=True)
class PeriodCounts:
    """The number of rows that the periods were made of, and the number of periods without rows."""

    rows_read: int
    without_rows: int


@dataclass(frozen=True)
class Resampled:
    """The rows of the periods."""

    frame: pd.DataFrame
    counts: PeriodCounts


def resample_rows(frame: pd.DataFrame, time: str, params: Resample) -> Resampled:
    """A row for each period from the first to the last one. The rows of the frame are in order of time.

    Raises UserError if `how` does not fit a column, or if a period has no rows and `gaps` refuses that.
    """
    how = how_by_column(frame, time, params)
    if frame.empty:
        return Resampled(frame, PeriodCounts(0, 0))
    periods = Periods(params.count, params.unit)
    numbers = periods.numbers(frame[time].to_numpy("datetime64[us]"))
    # As Python's numbers, which cannot overflow.
    check_period_count(int(numbers[-1]) - int(numbers[0]) + 1, len(frame), params)
    values = combine_rows(frame, numbers, how)
    all_numbers = np.arange(numbers[0], numbers[-1] + 1)
    without_rows = np.setdiff1d(all_numbers, values.index)
    if params.gaps == "refuse":
        check_no_gaps(periods, without_rows[:MAX_EXAMPLES], len(without_rows), params)
    filled = fill_forward(values, all_numbers) if params.gaps == "forward" else values.reindex(all_numbers)
    result = filled.reset_index(drop=True)
    result.insert(list(frame).index(time), time, pd.Series(periods.times(all_numbers)))
    return Resampled(result, PeriodCounts(len(frame), len(without_rows)))


def how_by_column(frame: pd.DataFrame, time: str, params: Resample) -> dict[str, How]:
    """What each column but the time has. Raises UserError with all columns that `params` names and that do not fit."""
    columns = [name for name in frame if name != time]
    if not isinstance(params.how, Mapping):
        return {name: params.how if _fits(params.how, frame[name]) else "last" for name in columns}
    errors = ErrorList()
    for name, how in params.how.items():
        if name not in columns:
            errors.add(f"resample.how names column {name!r}; {suggest(name, columns)}")
        elif not _fits(how, frame[name]):
            errors.add(f"resample.how: column {name!r} has no numbers, so that {how} cannot be; take last or first")
    errors.raise_if_any()
    return {name: params.how.get(name, "last") for name in columns}


def combine_rows(frame: pd.DataFrame, numbers: NDArray[np.int64], how: Mapping[str, How]) -> pd.DataFrame:
    """One row for each different number, which is its index. Missing values are left out."""
    parts = [pd.DataFrame(index=np.unique(numbers))]
    for name in dict.fromkeys(how.values()):
        grouped = frame[[column for column in how if how[column] == name]].groupby(numbers)
        parts.append(grouped.sum(min_count=1) if name == "sum" else getattr(grouped, name)())
    return pd.concat(parts, axis=1)[list(how)]


def fill_forward(values: pd.DataFrame, numbers: NDArray[np.int64]) -> pd.DataFrame:
    """A row for each number, with the last known value of each column where there is none."""
    rows = np.searchsorted(values.index.to_numpy(), numbers, side="right") - 1
    return values.ffill().iloc[rows]


def most_periods(rows: int) -> int:
    return max(MAX_PERIODS, rows)


def check_period_count(count: int, rows: int, params: Resample) -> None:
    if count > most_periods(rows):
        raise UserError(f"resample: every {params.every} makes {count:,} rows of {rows:,}; choose longer periods")


def check_no_gaps(periods: Periods, first: NDArray[np.int64], count: int, params: Resample) -> None:
    """`first` are the numbers of the first periods without rows, of which there are `count`."""
    if count:
        examples = ", ".join(map(str, pd.DatetimeIndex(periods.times(first))))
        more = f" and {count - len(first)} more" if count > len(first) else ""
        raise UserError(
            f"resample: every {params.every} leaves {count:,} periods without rows: {examples}{more}; gaps: "
            "forward takes the last known values, gaps: missing leaves them empty"
        )


def _fits(how: How, column: pd.Series) -> bool:
    return how not in OF_NUMBERS or _has_numbers(column)


def _has_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
