"""The rows of a block of a series, with the rows before it that steps need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stages.core.columns.features.table_values import TableValues
from stages.core.columns.registry import Column
from stages.core.columns.scaling import ScaledColumns
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.blocks.values_of_column import values_of_column

# Matrices are made of so many rows at once, which stay in the caches of the processor.
PIECE_ROWS = 32_768


@dataclass(frozen=True)
class SeriesRows:
    """`values` are those of the block, `before` those of the rows before it, as many as are needed or there are."""

    block: TableBlock
    before: TableValues
    values: TableValues

    @classmethod
    def read(
        cls, block: TableBlock, columns: Sequence[str], need_earlier: Sequence[str], lookback: int
    ) -> "SeriesRows":
        """`need_earlier` are the columns of which `lookback` rows before the block are read."""
        before = block.read_before(need_earlier, lookback) if lookback else TableValues({})
        return cls(block, before, block.read(columns))

    def of_column(self, column: Column, rows: range) -> Any:
        """What `column.transform` takes, of rows of the series: those of the block and some before it."""
        start, stop = rows.start - self.block.start, rows.stop - self.block.start
        if start >= 0:
            return values_of_column(column, self.values, slice(start, stop))
        before = self.before.select(column.columns)[len(self.before) + start :]
        return values_of_column(column, before.followed_by(self.values.select(column.columns)[:stop]), slice(None))


def rows_in_block(block: TableBlock, rows: range) -> range:
    """Which of the rows of a series are in the block."""
    start = max(block.start, rows.start)
    return range(start, max(start, min(block.stop, rows.stop)))


def pieces_of(rows: range) -> Iterator[range]:
    for start in range(rows.start, rows.stop, PIECE_ROWS):
        yield range(start, min(start + PIECE_ROWS, rows.stop))


def lookback_of(column: Column) -> int:
    return column.lookback if isinstance(column, ScaledColumns) else 0
