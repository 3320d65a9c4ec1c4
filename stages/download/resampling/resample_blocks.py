"""One row for each period of a series with more rows than fit into memory, as `resample_rows` makes them.

The rows of one period are in memory at once. The rows of the periods wait in a file until all are known, since a period
without rows makes whole numbers floats.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from stages.core.artefacts.raw.arrow_values import one_array
from stages.core.errors import MAX_EXAMPLES
from stages.download.formats.tables.typed_rows import FoundColumn, TypedRows
from stages.download.formats.typed_values.spilled_blocks import SpilledBlocks
from stages.download.params.resample_params import How, Resample
from stages.download.raw_types import RawType
from stages.download.resampling.periods import Periods
from stages.download.resampling.resample_rows import (
    OF_NUMBERS,
    PeriodCounts,
    check_no_gaps,
    check_period_count,
    combine_rows,
    how_by_column,
    most_periods,
)

# Periods that are made at once: a gap may be long.
PERIODS_AT_ONCE = 1 << 16


def resample_blocks(
    tables: Iterable[pa.Table],
    types: Mapping[str, RawType],
    with_gaps: Sequence[str],
    time: str,
    params: Resample,
    rows: int,
    scratch: Path,
) -> tuple[TypedRows, PeriodCounts]:
    """The rows of the periods, and how many there are. The tables have all `rows`, in order of time.

    Columns `with_gaps` have gaps before they are resampled. Raises UserError as `resample_rows`.
    """
    empty = pa.schema([(name, raw.arrow) for name, raw in types.items()]).empty_table()
    how = how_by_column(empty.to_pandas(), time, params)
    resampler = _Resampler({name: types[name].arrow for name in how}, how, time, params, rows)
    spilled = SpilledBlocks(scratch)
    found: dict[str, FoundColumn] = {}
    for table in tables_of_whole_periods(tables, time, resampler.periods):
        for made in resampler.add(table):
            spilled.add({name: one_array(made[name]) for name in types}, len(made))
            found = {name: _found(made[name], found.get(name)) for name in types}
    resampler.check()
    found = found or {name: FoundColumn(raw.arrow) for name, raw in types.items()}
    columns = {name: replace(column, has_gaps=column.has_gaps or name in with_gaps) for name, column in found.items()}
    return spilled.typed_rows(columns), PeriodCounts(rows, resampler.without_rows)


def _found(values: pa.ChunkedArray, before: FoundColumn | None) -> FoundColumn:
    has_values, has_gaps = values.null_count < len(values), values.null_count > 0
    if before is None:
        return FoundColumn(values.type, has_values, has_gaps)
    return FoundColumn(values.type, has_values or before.has_values, has_gaps or before.has_gaps)


def tables_of_whole_periods(tables: Iterable[pa.Table], time: str, periods: Periods) -> Iterator[pa.Table]:
    """The same rows in tables which end where a period ends. Rows of the last period wait for more of it."""
    waiting, last = list[pa.Table](), None
    for table in (table for table in tables if len(table)):
        numbers = _period_numbers(table, time, periods)
        of_last = int(np.searchsorted(numbers, numbers[-1]))
        if not waiting or of_last or numbers[0] != last:
            if waiting or of_last:
                yield pa.concat_tables([*waiting, table.slice(0, of_last)])
            waiting = []
        waiting.append(table.slice(of_last))
        last = numbers[-1]
    if waiting:
        yield pa.concat_tables(waiting)


def _period_numbers(table: pa.Table, time: str, periods: Periods) -> NDArray[np.int64]:
    return periods.numbers(table[time].to_numpy().astype("M8[us]"))


class _Resampler:
    """`add` gives the rows of the periods up to the last one of a table, in parts.

    After a mistake no rows are given, but the periods are still counted, for the message of `check`.
    """

    def __init__(
        self, types: Mapping[str, pa.DataType], how: Mapping[str, How], time: str, params: Resample, rows: int
    ) -> None:
        self.periods = Periods(params.count, params.unit)
        self.without_rows = 0
        self._types, self._how, self._time, self._params, self._rows = types, how, time, params, rows
        self._first: int | None = None
        self._next = 0
        self._missing = list[int]()
        # The last known values of each column.
        self._last: pa.Table | None = None

    def add(self, table: pa.Table) -> Iterator[pa.Table]:
        numbers = _period_numbers(table, self._time, self.periods)
        present = np.unique(numbers)
        start = int(present[0]) if self._first is None else self._next
        self._first = start if self._first is None else self._first
        self._next = int(present[-1]) + 1
        self._count_missing(start, present)
        if self._next - self._first > most_periods(self._rows) or (self._params.gaps == "refuse" and self.without_rows):
            return
        values = self._combine(table, numbers)
        known = present
        if self._params.gaps == "forward":
            if self._last is not None:
                values = pa.concat_tables([self._last, values])
                known = np.concatenate([[start - 1], present])
            values = pa.table({name: compute.fill_null_forward(values[name]) for name in values.column_names})
            self._last = values.slice(len(values) - 1)
        for first in range(start, self._next, PERIODS_AT_ONCE):
            yield self._expand(values, known, np.arange(first, min(first + PERIODS_AT_ONCE, self._next)))

    def check(self) -> None:
        if self._first is not None:
            check_period_count(self._next - self._first, self._rows, self._params)
        if self._params.gaps == "refuse":
            check_no_gaps(self.periods, np.array(self._missing, np.int64), self.without_rows, self._params)

    def _count_missing(self, start: int, present: NDArray[np.int64]) -> None:
        before = np.concatenate([[start - 1], present])
        gaps = np.flatnonzero(np.diff(before) > 1)
        missing = (number for gap in gaps for number in range(int(before[gap]) + 1, int(before[gap + 1])))
        self._missing += islice(missing, MAX_EXAMPLES - len(self._missing))
        self.without_rows += self._next - start - len(present)

    def _combine(self, table: pa.Table, numbers: NDArray[np.int64]) -> pa.Table:
        values = combine_rows(table.to_pandas(), numbers, self._how)
        return pa.table({name: self._as_arrow(values[name]) for name in self._how})

    def _as_arrow(self, values: pd.Series) -> pa.Array:
        name = str(values.name)
        return pa.Array.from_pandas(values, type=None if self._how[name] in OF_NUMBERS else self._types[name])

    def _expand(self, values: pa.Table, known: NDArray[np.int64], numbers: NDArray[np.int64]) -> pa.Table:
        """A row for each number: that of the last known number up to it, or a gap."""
        rows = np.searchsorted(known, numbers, side="right") - 1
        is_gap = (known[rows] != numbers) & (self._params.gaps == "missing")
        taken = values.take(pa.array(rows, mask=is_gap))
        columns = {name: taken[name] for name in taken.column_names}
        times = pa.chunked_array([pa.array(self.periods.times(numbers), pa.timestamp("us"))])
        return pa.table({self._time: times} | columns)
