"""The blocks of a table, and the values of their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.arrow_values import number_values, one_array, stored_numbers, truth_values, valid_rows
from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_blocks import StoredFrames, StoredSplit, block_bounds
from stages.core.columns.features.coded_values import CodedValues, ColumnValues
from stages.core.columns.features.table_values import TableValues

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from stages.preprocess.large_table.blocks.forward_values import ForwardValues


@dataclass(frozen=True)
class TableBlock:
    """Where a block of rows is. `start` is the number of its first row, counted over all splits of the raw data.

    The gaps of the columns of `forward` are filled with the last values before them. `earlier` are the blocks with the
    rows before this one that steps of a series need, the last of them last.
    """

    stored: StoredSplit
    split: str
    number: int
    start: int
    rows: int
    forward: "Mapping[str, ForwardValues]" = field(default_factory=dict)
    earlier: "tuple[TableBlock, ...]" = ()

    @property
    def name(self) -> str:
        """For messages about the block."""
        return f"rows {self.start:,} to {self.start + self.rows - 1:,}"

    @property
    def stop(self) -> int:
        return self.start + self.rows

    def read(self, columns: Sequence[str]) -> TableValues:
        """As `column_values` returns them, except that texts are coded."""
        names = list(dict.fromkeys(columns))
        return self._filled(self.stored.read_arrow(self.number, names, texts_as_dictionaries=True))

    def read_types(self, columns: Sequence[str]) -> dict[str, ColumnValues]:
        """The values of no rows."""
        table = self.stored.read_arrow(self.number, columns, texts_as_dictionaries=True, rows=0)
        return {name: _values(table.column(name)) for name in columns}

    def read_rows(self, columns: Sequence[str], rows: range) -> TableValues:
        """As `read`, but some rows, of which those before the block have numbers below 0. Later rows are not read."""
        names = list(dict.fromkeys(columns))
        table = self.stored.read_arrow(self.number, names, texts_as_dictionaries=True, rows=rows.stop)
        values = self._filled(table)[max(0, rows.start) :]
        return values if rows.start >= 0 else self.read_before(names, -rows.start).followed_by(values)

    def read_before(self, columns: Sequence[str], rows: int) -> TableValues:
        """As `read`, but the last rows before the block, or all that there are."""
        names = list(dict.fromkeys(columns))
        values = self.read_rows(names, range(0))
        for block in reversed(self.earlier):
            if missing := max(0, rows - len(values)):
                values = block._last_rows(names, missing).followed_by(values)
        return values

    def _last_rows(self, columns: Sequence[str], rows: int) -> TableValues:
        """A column at a time, so that fewer values are in memory at once."""
        last = np.arange(max(0, self.rows - rows), self.rows)
        parts = [self.read([name])[last] for name in columns]
        return TableValues(
            {name: values for part in parts for name, values in part.columns.items()},
            {name: filled for part in parts for name, filled in part.filled.items()},
        )

    def _filled(self, table: "pa.Table") -> TableValues:
        columns = {name: _values(table.column(name)) for name in table.column_names}
        forward = {name: of_column for name, of_column in self.forward.items() if name in columns}
        return TableValues(
            columns | {name: of_column.fill(columns[name]) for name, of_column in forward.items()},
            {name: of.gaps(columns[name]) for name, of in forward.items() if of.kind.missing_indicator},
        )

    def column(self, name: str) -> ColumnValues:
        """Where one column after another is used, fewer are in memory at once."""
        values: ColumnValues = self.read([name]).columns[name]
        return values

    def frame(self, columns: Sequence[str]) -> "pd.DataFrame":
        return self.stored.read(self.number, columns)


def with_earlier_blocks(blocks: Sequence[TableBlock], rows: int) -> list[TableBlock]:
    """The blocks, which can read so many rows before them, if the raw split has them."""
    linked = []
    for number, block in enumerate(blocks):
        first, missing = number, rows
        while missing > 0 and first > 0 and blocks[first - 1].split == block.split:
            first -= 1
            missing -= blocks[first].rows
        linked.append(replace(block, earlier=(*blocks[first:number],)))
    return linked


def blocks_of_table(table: Table) -> list[TableBlock]:
    assert isinstance(table.frames, StoredFrames)
    blocks: list[TableBlock] = []
    start = 0
    for split, stored in table.frames.splits.items():
        # Workers may have another current folder.
        absolute = replace(stored, files=[file.absolute() for file in stored.files])
        bounds = block_bounds(stored.rows, stored.block_rows)
        blocks += [
            TableBlock(absolute, split, n, start + rows.start, len(rows)) for n, rows in enumerate(bounds) if rows
        ]
        start += stored.rows
    return blocks


def _values(column: "pa.ChunkedArray") -> ColumnValues:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return _coded_texts(one_array(column))
    if pa.types.is_boolean(column.type):
        return _truth_values(one_array(column))
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return number_values(one_array(column))
    return column_values(column.to_pandas())


def _truth_values(array: "pa.BooleanArray") -> ColumnValues:
    truths = truth_values(array)
    if not array.null_count:
        return truths
    return CodedValues(np.array([False, True, None], object), np.where(valid_rows(array), truths, np.int32(2)))


def _coded_texts(array: "pa.DictionaryArray") -> CodedValues:
    """A dictionary of Arrow has no gap: it is the last of the values here."""
    texts: NDArray[Any] = np.array([*array.dictionary.to_pylist(), None], object)
    codes = stored_numbers(array.indices).astype(np.int32, copy=False)
    if array.null_count:
        codes = np.where(valid_rows(array), codes, np.int32(len(texts) - 1))
    return CodedValues(texts, codes)
