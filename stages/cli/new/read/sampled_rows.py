"""The rows from which a new dataset is described: all rows of a small table, some rows of a large one.

All rows are read, a part at a time, so that gaps, lowest and highest values are those of the whole table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from stages.cli.new.read.column_totals import ColumnTotals
from stages.download.formats.tables.typed_rows import TypedRows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# More rows are not held in memory.
MOST_CELLS, MOST_BYTES = 1 << 22, 1 << 28


def sample_rows(rows: TypedRows, totals: dict[str, ColumnTotals], consecutive: bool = False) -> "pd.DataFrame":
    """All rows; if they are too many, every second one, or every fourth one, and so on.

    Then the first row with each value of a column of few values, rows with the lowest and the highest number, and the
    first gap of each column are there too. With `consecutive`, it is the first rows, as a series needs them.

    The rows of each column are added to `totals`.
    """
    import pyarrow as pa

    kept = _FirstRows() if consecutive else _EveryRow()
    for table in rows.read():
        further: set[int] = set()
        for name in table.column_names:
            further.update(totals.setdefault(name, ColumnTotals()).add(table[name]))
        kept.add(table, sorted(further))
    schema = pa.schema([(name, column.type) for name, column in rows.columns.items()])
    return pa.concat_tables([schema.empty_table(), *kept.tables()]).to_pandas()


@dataclass
class _FirstRows:
    kept: "list[pa.Table]" = field(default_factory=list)

    def add(self, table: "pa.Table", _: Sequence[int]) -> None:
        if not _are_too_many(self.kept):
            self.kept.append(table)

    def tables(self) -> "Iterable[pa.Table]":
        return self.kept


@dataclass
class _EveryRow:
    """`kept` has every row whose number is a multiple of `step`, `further` others with their number."""

    step: int = 1
    rows: int = 0
    kept: "list[pa.Table]" = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    further: "list[pa.Table]" = field(default_factory=list)

    def add(self, table: "pa.Table", further: Sequence[int]) -> None:
        self.kept.append(_take_every(table, self.step, -self.rows % self.step))
        if further:
            self.numbers += [self.rows + position for position in further]
            self.further.append(table.take(further))
        self.rows += len(table)
        while _are_too_many(self.kept):
            self.kept, self.step = [_take_every(_concatenate(self.kept), 2)], 2 * self.step

    def tables(self) -> "Iterable[pa.Table]":
        """The rows in their order."""
        kept = _concatenate(self.kept)
        others = [position for position, number in enumerate(self.numbers) if number % self.step]
        if not others:
            return [kept]
        further = _concatenate(self.further).take(others)
        numbers = [np.arange(len(kept)) * self.step, np.array(self.numbers)[others]]
        return [_concatenate([kept, further]).take(np.argsort(np.concatenate(numbers)))]


def _are_too_many(tables: "Sequence[pa.Table]") -> bool:
    cells = sum(table.num_rows * table.num_columns for table in tables)
    return bool(cells > MOST_CELLS or sum(table.nbytes for table in tables) > MOST_BYTES)


def _take_every(table: "pa.Table", step: int, first: int = 0) -> "pa.Table":
    return table if step == 1 else table.take(np.arange(first, len(table), step))


def _concatenate(tables: "Sequence[pa.Table]") -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables(tables)
