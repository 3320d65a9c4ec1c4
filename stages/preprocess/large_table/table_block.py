"""The blocks of a table, and the values of their columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.column_values import column_values
from stages.core.artefacts.raw_data import Table
from stages.core.artefacts.table_blocks import StoredFrames, StoredSplit, block_bounds
from stages.core.columns.features.coded_values import CodedValues, ColumnValues

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class TableBlock:
    """Where a block of rows is. `start` is the number of its first row, counted over all splits of the raw data."""

    stored: StoredSplit
    split: str
    number: int
    start: int
    rows: int

    @property
    def name(self) -> str:
        """For messages about the block, which count its rows from 0."""
        return f"rows {self.start:,} to {self.start + self.rows - 1:,} (row 0 in this message is row {self.start:,})"

    def read(self, columns: Sequence[str]) -> dict[str, ColumnValues]:
        """As `column_values` returns them, except that texts are coded."""
        names = list(dict.fromkeys(columns))
        table = self.stored.read_arrow(self.number, names, texts_as_dictionaries=True)
        return {name: _values(table.column(name)) for name in names}

    def frame(self, columns: Sequence[str]) -> "pd.DataFrame":
        return self.stored.read(self.number, columns)


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
        return _coded_texts(column)
    if pa.types.is_boolean(column.type) and column.null_count:
        # In a byte for each row: 2 for a gap.
        codes = np.asarray(column.cast(pa.uint8()).fill_null(2), np.int32)
        return CodedValues(np.array([False, True, None], object), codes)
    return column_values(column.to_pandas())


def _coded_texts(column: "pa.ChunkedArray") -> CodedValues:
    """A dictionary of Arrow has no gap: it is the last of the values here."""
    array = column.unify_dictionaries().combine_chunks()
    texts: NDArray[Any] = np.array([*array.dictionary.to_pylist(), None], object)
    codes = np.asarray(array.indices.fill_null(len(texts) - 1), np.int32)
    return CodedValues(texts, codes)
