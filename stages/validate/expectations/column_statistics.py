"""Statistics of a column of a large table: all its values are written to a temporary file, and computed as pandas does.

The steps and their order are those of pandas, so the last digit is the same as in memory.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.validate.all_rows import Rows, read_blocks, row_count
from stages.validate.expectations.dataset_expectations import Expectation
from stages.validate.expectations.library_metrics import CannotBeEvaluated

STATISTICS = {
    "expect_column_mean_to_be_between": "column.mean",
    "expect_column_median_to_be_between": "column.median",
    "expect_column_quantile_values_to_be_between": "column.quantile_values",
    "expect_column_stdev_to_be_between": "column.standard_deviation",
    "expect_column_sum_to_be_between": "column.sum",
}
MAX_DISTINCT = 1_000_000
VALUES_PER_STEP = 1 << 22


def column_statistics(rows: Rows, expectation: Expectation, scratch: ScratchFolder) -> Any:
    """The value of the expectation's metric."""
    values = present_values(rows, expectation.columns[0], scratch)
    match STATISTICS[expectation.name]:
        case "column.mean":
            return mean(values)
        case "column.sum":
            return values.sum()
        case "column.standard_deviation":
            return standard_deviation(values, scratch)
        case "column.median":
            values.sort()
            return _median(values)
        case _:
            values.sort()
            arguments = expectation.arguments
            method = arguments.get("allow_relative_error") or "nearest"
            return quantiles(values, arguments["quantile_ranges"]["quantiles"], method)


def present_values(rows: Rows, name: str, scratch: ScratchFolder) -> NDArray[Any]:
    values, count = None, 0
    for frame in read_blocks(rows, [name]):
        present = frame[name].dropna()
        if present.dtype == object:
            present = _without_objects(present)
        if not (pd.api.types.is_numeric_dtype(present) or pd.api.types.is_bool_dtype(present)):
            raise CannotBeEvaluated(
                f"a column of type {present.dtype} in several blocks; a column of numbers is needed"
            )
        if values is None:
            values = scratch.array(row_count(rows), present.dtype)
        values[count : count + len(present)] = present
        count += len(present)
    assert values is not None
    return values[:count]


def _without_objects(present: pd.Series) -> pd.Series:
    """Truth values beside missing ones, and decimal numbers, are objects."""
    for kind, dtype in ((bool, np.bool_), (Decimal, np.float64)):
        if all(isinstance(value, kind) for value in present):
            return present.astype(dtype)
    return present


def mean(values: NDArray[Any]) -> float:
    return values.sum(dtype=np.float64) / len(values) if len(values) else np.nan


def standard_deviation(values: NDArray[Any], scratch: ScratchFolder) -> float:
    if len(values) < 2:
        return float("nan")
    with np.errstate(invalid="ignore"):  # infinities of both signs
        center = mean(values)
    if not np.isfinite(center):
        return float("nan")  # as pandas: an infinity is no distance from another one
    squares = scratch.array(len(values), np.float64)
    for start in range(0, len(values), VALUES_PER_STEP):
        part = slice(start, start + VALUES_PER_STEP)
        squares[part] = (center - values[part].astype(np.float64)) ** 2
    return float(np.sqrt(squares.sum(dtype=np.float64) / np.float64(len(values) - 1)))


def _median(ascending: NDArray[Any]) -> float:
    middle = len(ascending) // 2
    if not len(ascending):
        return float("nan")
    first = middle - 1 + len(ascending) % 2
    return float(np.mean(np.asarray(ascending[first : middle + 1], np.float64)))


def quantiles(ascending: NDArray[Any], shares: Sequence[float], method: str) -> Any:
    """As pandas.Series.quantile, without a copy of the values.

    >>> quantiles(np.array([1, 2, 4]), [0.5, 0.75], "linear"), quantiles(np.array([1, 2, 4]), [0.75], "nearest")
    ([2.0, 3.0], [4])
    """
    if not len(ascending):
        return [float("nan")] * len(shares)
    # pandas asks NumPy for percentiles.
    places = np.asarray(shares, np.float64) * 100 / 100 * (len(ascending) - 1)
    lower = np.floor(places).astype(np.int64)
    upper = np.minimum(lower + 1, len(ascending) - 1)
    part = places - lower
    one, other = np.asarray(ascending[lower]), np.asarray(ascending[upper])
    match method:
        case "lower":
            return one.tolist()
        case "higher":
            return np.where(part > 0, other, one).tolist()
        case "nearest":
            return np.where((part > 0.5) | ((part == 0.5) & (lower % 2 == 1)), other, one).tolist()
        case "midpoint":
            part = np.where(part > 0, 0.5, 0.0)
    distance = np.subtract(other, one, dtype=np.float64)
    between = np.where(part < 0.5, one + distance * part, other - distance * (1 - part))
    return between.tolist()


def distinct_values(rows: Rows, name: str) -> pd.DataFrame:
    """A frame with each value once."""
    return _frame_of(name, _count_values(rows, name).index)


def most_common_values(rows: Rows, name: str) -> pd.DataFrame:
    counts = _count_values(rows, name)
    return _frame_of(name, counts.index[counts == counts.max()])


def _frame_of(name: str, values: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({name: values.to_series(index=range(len(values)))})


def _count_values(rows: Rows, name: str) -> pd.Series:
    counts: pd.Series | None = None
    for frame in read_blocks(rows, [name]):
        found = frame[name].value_counts(sort=False)
        counts = found if counts is None else pd.concat([counts, found]).groupby(level=0, sort=False).sum()
        check_distinct(len(counts))
    assert counts is not None
    return counts


def check_distinct(count: int) -> None:
    if count > MAX_DISTINCT:
        raise CannotBeEvaluated(f"more than {MAX_DISTINCT:,} distinct values in several blocks")
