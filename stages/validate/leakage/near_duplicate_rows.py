"""Rows of a table that are nearly the same: each number differs by a small part of its column's interquartile range.

All other values must be equal. The interquartile range ignores outliers, which would make all other rows look
similar; in a column that hardly ever changes it is 0, and values must be equal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.validate.leakage.candidate_rows import Candidates, Integers, join_ranges, sampling_step
from stages.validate.leakage.select_nearest import Floats, NearestRows, select_nearest

# Rows with one number only are similar by chance.
MIN_NUMBER_COLUMNS = 2
# Columns among which the one that leaves the fewest pairs is searched.
MAX_SEARCHED_COLUMNS = 16
PAIRS_PER_BLOCK = 1 << 20
# About ten seconds of one core.
MAX_PAIRS = 200_000_000


@dataclass(frozen=True)
class ComparedColumn:
    """A number, or the number of a class, for each row. Classes have an interquartile range of 0."""

    values: NDArray[Any]
    interquartile_range: float

    def distance(self, rows: Integers, others: Integers) -> Floats:
        """In interquartile ranges; two missing values have the distance 0."""
        one, other = (self.values[numbers].astype(np.float64) for numbers in (rows, others))
        equal = (one == other) | (np.isnan(one) & np.isnan(other))
        with np.errstate(invalid="ignore", divide="ignore"):
            distance = np.abs(one - other) / self.interquartile_range
        return np.where(equal, 0.0, np.where(np.isnan(distance), np.inf, distance))


def near_duplicate_rows(
    frame: pd.DataFrame, candidates: Candidates, tolerance: float
) -> tuple[NearestRows, Candidates]:
    """Rows in which no number differs by more than `tolerance`, and the candidates that were compared.

    The pairs to compare are those that are close in one column, the column with the fewest such pairs.
    """
    columns = [compared_column(frame[name]) for name in frame.columns]
    if sum(column.interquartile_range > 0 for column in columns) < MIN_NUMBER_COLUMNS or not len(candidates):
        return select_nearest([]), Candidates(candidates.rows[:0], candidates.limits[:0])
    searched = columns[:: -(-len(columns) // MAX_SEARCHED_COLUMNS)]
    in_each_column = (_close_values(column, candidates.rows, tolerance) for column in searched)
    order, starts, counts = min(in_each_column, key=lambda found: found[2].sum())
    step = sampling_step(counts, MAX_PAIRS)
    compared = candidates.every(step)
    pairs = _earlier_pairs(order, starts[::step], counts[::step], compared)
    return select_nearest([_near_pairs(columns, rows, others, tolerance) for rows, others in pairs]), compared


def compared_column(series: pd.Series) -> ComparedColumn:
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        return ComparedColumn(pd.factorize(series)[0], 0.0)
    values = series.to_numpy() if series.dtype.kind in "iuf" else series.to_numpy(np.float64, na_value=np.nan)
    finite = values[np.isfinite(values)]
    low, high = np.quantile(finite, [0.25, 0.75]) if len(finite) else (0.0, 0.0)
    return ComparedColumn(values, float(high) - float(low))


def _close_values(column: ComparedColumn, rows: Integers, tolerance: float) -> tuple[Integers, Integers, Integers]:
    """All rows in the order of the column's values; where in it the rows close to each of `rows` start; their number.

    A little wider than the tolerance, because a quotient is rounded differently from a difference.
    """
    values = column.values.astype(np.float64)
    max_distance = column.interquartile_range * tolerance * (1 + 1e-9)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    starts, ends = np.empty_like(order), np.empty_like(order)
    # In ascending order, since one search after another then looks at memory that is near.
    starts[order] = np.searchsorted(ascending, ascending - max_distance)
    ends[order] = np.searchsorted(ascending, ascending + max_distance, side="right")
    return order, starts[rows], ends[rows] - starts[rows]


def _earlier_pairs(
    order: Integers, starts: Integers, counts: Integers, candidates: Candidates
) -> Iterator[tuple[Integers, Integers]]:
    """Candidates, and the close rows before their limits, in blocks."""
    blocks = np.cumsum(counts) // PAIRS_PER_BLOCK
    for block in np.unique(blocks):
        inside = blocks == block
        rows, limits = (np.repeat(numbers[inside], counts[inside]) for numbers in (candidates.rows, candidates.limits))
        others = order[join_ranges(starts[inside], counts[inside])]
        earlier = others < limits
        yield rows[earlier], others[earlier]


def _near_pairs(columns: Sequence[ComparedColumn], rows: Integers, others: Integers, tolerance: float) -> NearestRows:
    """Compare column by column, each time only the pairs that are still close enough."""
    distance = np.zeros(len(rows))
    for column in columns:
        distance = np.maximum(distance, column.distance(rows, others))
        near = distance <= tolerance
        rows, others, distance = rows[near], others[near], distance[near]
    return NearestRows(rows, others, 1 - distance)
