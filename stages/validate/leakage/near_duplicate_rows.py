"""Rows of a table that are nearly the same: every number within a small part of its column's spread, all else equal.

The spread is the distance between the quartiles: one wild value does not make all the others look near, and in a
column that hardly ever changes they must be equal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.validate.leakage.nearest_rows import Numbers, Sought, Twins, nearest

# Rows of a single number each are near by chance.
LEAST_NUMBERS = 2
# Of these the one that leaves the fewest pairs is looked through first.
COLUMNS_TRIED = 16
PIECE = 1 << 20
# Some ten seconds of one core.
PAIRS = 200_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """A number or the number of a class for every row; a spread of 0 asks for equality."""

    values: NDArray[Any]
    spread: float

    def apart(self, rows: Numbers, others: Numbers) -> Floats:
        """In spreads; a missing value is like another missing one."""
        one, other = (self.values[numbers].astype(np.float64) for numbers in (rows, others))
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = np.abs(one - other) / self.spread
        return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))


def near_rows(frame: pd.DataFrame, sought: Sought, within: float) -> tuple[Twins, Sought]:
    """Those that differ in no number by more than `within` of its spread, and the rows that were looked at."""
    columns = [column(frame[name]) for name in frame.columns]
    if sum(c.spread > 0 for c in columns) < LEAST_NUMBERS or not len(sought):
        return nearest([]), Sought(sought.rows[:0], sought.limits[:0])
    tried = columns[:: -(-len(columns) // COLUMNS_TRIED)]
    tightest = min(tried, key=lambda c: int(_Band.around(c, sought.rows, within).many.sum()))
    band = _Band.around(tightest, sought.rows, within)
    looked = sought.thinned(band.many, PAIRS)
    return nearest([_near(columns, *pairs, within) for pairs in band.pairs(looked)]), looked


def column(series: pd.Series) -> Column:
    """Numbers as they are, anything else as the number of its class."""
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        return Column(pd.factorize(series)[0], 0.0)
    values = series.to_numpy(np.float64, na_value=np.nan) if series.dtype.kind not in "iuf" else series.to_numpy()
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.25, 0.75]) if len(known) else (0.0, 0.0)
    return Column(values, float(high) - float(low))


@dataclass(frozen=True)
class _Band:
    """For each row, which of the sorted values are near enough in one column."""

    order: Numbers
    begins: Numbers
    many: Numbers
    rows: Numbers

    @classmethod
    def around(cls, column: Column, rows: Numbers, within: float) -> "_Band":
        """A little wider than allowed, since a quotient is rounded otherwise than a difference."""
        values, reach = column.values.astype(np.float64), column.spread * within * (1 + 1e-9)
        order = np.argsort(values, kind="stable")
        begins = np.searchsorted(values[order], values[rows] - reach)
        ends = np.searchsorted(values[order], values[rows] + reach, side="right")
        return cls(order, begins, ends - begins, rows)

    def pairs(self, looked: Sought) -> Iterator[tuple[Numbers, Numbers]]:
        """Rows and what is before their limits, some of them at a time."""
        chosen = np.searchsorted(self.rows, looked.rows)
        begins, many = self.begins[chosen], self.many[chosen]
        piece = np.cumsum(many) // PIECE
        for number in np.unique(piece):
            here = piece == number
            rows, limits = (np.repeat(x[here], many[here]) for x in (looked.rows, looked.limits))
            first = np.cumsum(many[here]) - many[here]
            others = self.order[np.arange(len(rows)) - np.repeat(first - begins[here], many[here])]
            earlier = others < limits
            yield rows[earlier], others[earlier]


def _near(columns: Sequence[Column], rows: Numbers, others: Numbers, within: float) -> Twins:
    """Column after column, with fewer pairs each time."""
    most = np.zeros(len(rows))
    for one in columns:
        most = np.maximum(most, one.apart(rows, others))
        near = most <= within
        rows, others, most = rows[near], others[near], most[near]
    return Twins(rows, others, 1 - most)
