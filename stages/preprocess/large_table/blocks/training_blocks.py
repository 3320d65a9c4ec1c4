"""The training rows of a large table, as kinds of column take them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.coded_values import ColumnValues, plain_array
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.registry import Column
from stages.core.columns.value_blocks import ValueBlocks
from stages.preprocess.large_table.blocks.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.class_numbers import ClassNumbers

Result = TypeVar("Result")
# Positions in a block.
Rows = NDArray[np.int64] | slice


@dataclass(frozen=True)
class TrainingBlocks(ValueBlocks):
    """The blocks that have training rows. `read` gives the values of a block's training rows."""

    blocks: Sequence[TableBlock]
    sizes: Sequence[int]
    read: Callable[[TableBlock], Any]

    @property
    def count(self) -> int:
        return len(self.blocks)

    @property
    def rows(self) -> int:
        return sum(self.sizes)

    def map_from(self, function: Callable[[int, Any], Result]) -> Iterator[Result]:
        starts = accumulate(self.sizes, initial=0)
        return map_blocks(partial(_call, self.read, function), list(zip(starts, self.blocks, strict=False)))

    def then(self, function: Callable[[Any], Any]) -> "TrainingBlocks":
        return replace(self, read=partial(_read_then, self.read, function))


def training_blocks(blocks: Sequence[TableBlock], splits: RowSplits, column: Column) -> TrainingBlocks:
    """The values that `column.transform` takes."""
    sizes = splits.counts(blocks)[:, SPLITS.index(TRAIN)].tolist()
    chosen = [(block, size) for block, size in zip(blocks, sizes, strict=True) if size]
    return TrainingBlocks(
        [block for block, _ in chosen], [size for _, size in chosen], partial(_training_values, splits, column)
    )


def values_of_column(column: Column, values: Mapping[str, ColumnValues], rows: Rows) -> Any:
    """What `column.transform` takes, of the values of a block."""
    chosen = {name: take_values(values[name], rows) for name in column.columns}
    match column:
        case NumberColumns():
            return _number_matrix([chosen[name] for name in column.columns])
        case ClassLabels():
            return ClassNumbers(column).of(chosen[column.columns[0]])
        case _:
            return TableValues(chosen)


def _number_matrix(columns: Sequence[ColumnValues]) -> NDArray[np.float64]:
    """The values of a row are side by side in memory, as those of a table of one block are."""
    matrix = np.empty((len(columns[0]), len(columns)))
    for number, values in enumerate(columns):
        matrix[:, number] = plain_array(values)
    return matrix


def take_values(values: ColumnValues, rows: Rows) -> ColumnValues:
    """A slice gives a view."""
    return values[rows] if isinstance(rows, slice) else values.take(rows)


def _training_values(splits: RowSplits, column: Column, block: TableBlock) -> Any:
    rows = splits.rows_of(block, TRAIN)
    if isinstance(column, FeatureMatrix):
        return _ValuesWhenUsed(_ColumnsWhenUsed(block, column.columns, rows))
    return values_of_column(column, block.read(column.columns), rows)


@dataclass(frozen=True)
class _ColumnsWhenUsed(Mapping[str, ColumnValues]):
    """Some rows of the columns of a block, each read when it is asked for."""

    block: TableBlock
    names: Sequence[str]
    rows: NDArray[np.int64]

    def __getitem__(self, name: str) -> ColumnValues:
        return take_values(self.block.column(name), self.rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class _ValuesWhenUsed(TableValues):
    """Knows the number of rows without reading a column."""

    columns: _ColumnsWhenUsed

    def __len__(self) -> int:
        return len(self.columns.rows)


def _call(
    read: Callable[[TableBlock], Any], function: Callable[[int, Any], Result], at: tuple[int, TableBlock]
) -> Result:
    start, block = at
    return function(start, read(block))


def _read_then(read: Callable[[TableBlock], Any], function: Callable[[Any], Any], block: TableBlock) -> Any:
    return function(read(block))
