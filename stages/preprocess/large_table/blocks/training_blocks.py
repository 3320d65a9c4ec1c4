"""The training rows of a large table, as kinds of column take them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import accumulate, chain
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.registry import Column
from stages.core.columns.value_blocks import ValueBlocks
from stages.preprocess.large_table.blocks.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.blocks.series_rows import SeriesRows, pieces_of, rows_in_block
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.blocks.values_of_column import take_values, values_of_column

Result = TypeVar("Result")
Functions = tuple[Callable[[Any], Any], ...]


def training_blocks(blocks: Sequence[TableBlock], splits: RowSplits, column: Column) -> "TrainingBlocks":
    """The values that `column.transform` takes."""
    sizes = splits.counts(blocks)[:, SPLITS.index(TRAIN)].tolist()
    chosen = [(block, size) for block, size in zip(blocks, sizes, strict=True) if size]
    return TrainingBlocks(splits, column, [block for block, _ in chosen], [size for _, size in chosen])


@dataclass(frozen=True)
class TrainingBlocks(ValueBlocks):
    """The blocks that have training rows, with the number of these rows."""

    splits: RowSplits
    column: Column
    blocks: Sequence[TableBlock]
    sizes: Sequence[int]
    functions: Functions = ()

    @property
    def count(self) -> int:
        return len(self.blocks)

    @property
    def rows(self) -> int:
        return sum(self.sizes)

    def map_from(self, function: Callable[[int, Any], Result]) -> Iterator[Result]:
        starts = accumulate(self.sizes, initial=0)
        of_block = partial(_call, self.splits, self.column, self.functions, function)
        return map_blocks(of_block, list(zip(starts, self.blocks, strict=False)))

    def then(self, function: Callable[[Any], Any], lookback: int = 0) -> ValueBlocks:
        if lookback:
            assert not self.functions
            return TrainingPieces(self.column, self._rows_with_earlier(lookback), lookback, (function,))
        return replace(self, functions=(*self.functions, function))

    def _rows_with_earlier(self, lookback: int) -> list[tuple[TableBlock, range]]:
        """The training rows of a series that have so many training rows before them. All are consecutive."""
        first = self.blocks[0].start + int(self.splits.rows_of(self.blocks[0], TRAIN)[0])
        rows = range(first + lookback, first + self.rows)
        of_blocks = [(block, rows_in_block(block, rows)) for block in self.blocks]
        return [(block, in_block) for block, in_block in of_blocks if in_block]


@dataclass(frozen=True)
class TrainingPieces(ValueBlocks):
    """The training rows of a series in pieces, each with `lookback` rows before it.

    `blocks` has the rows of each block for which the functions give a result.
    """

    column: Column
    blocks: Sequence[tuple[TableBlock, range]]
    lookback: int
    functions: Functions

    @property
    def count(self) -> int:
        return sum(len([*pieces_of(rows)]) for _, rows in self.blocks)

    @property
    def rows(self) -> int:
        return sum(len(rows) for _, rows in self.blocks)

    def map_from(self, function: Callable[[int, Any], Result]) -> Iterator[Result]:
        of_block = partial(_call_for_pieces, self.column, self.lookback, self.functions, function)
        first = self.blocks[0][1].start
        at = [(rows.start - first, block, rows) for block, rows in self.blocks]
        return chain.from_iterable(map_blocks(of_block, at))

    def then(self, function: Callable[[Any], Any], lookback: int = 0) -> "TrainingPieces":
        assert not lookback
        return replace(self, functions=(*self.functions, function))


def _call(
    splits: RowSplits,
    column: Column,
    functions: Functions,
    function: Callable[[int, Any], Result],
    at: tuple[int, TableBlock],
) -> Result:
    start, block = at
    rows = splits.rows_of(block, TRAIN)
    values: Any
    if isinstance(column, FeatureMatrix):
        values = _values_when_used(block, column.columns, rows)
    else:
        values = values_of_column(column, block.read(column.columns), rows)
    return function(start, _apply(functions, values))


def _call_for_pieces(
    column: Column,
    lookback: int,
    functions: Functions,
    function: Callable[[int, Any], Result],
    at: tuple[int, TableBlock, range],
) -> list[Result]:
    start, block, rows = at
    series, results = SeriesRows.read(block, column.columns, column.columns, lookback), []
    for piece in pieces_of(rows):
        values = series.of_column(column, range(piece.start - lookback, piece.stop))
        results.append(function(start + piece.start - rows.start, _apply(functions, values)))
    return results


def _apply(functions: Functions, values: Any) -> Any:
    return reduce(lambda result, function: function(result), functions, values)


def _values_when_used(block: TableBlock, columns: Sequence[str], rows: NDArray[np.int64]) -> TableValues:
    filled = [name for name in columns if name in block.forward and block.forward[name].kind.missing_indicator]
    return _ValuesWhenUsed(
        _ReadWhenUsed(columns, lambda name: take_values(block.column(name), rows)),
        _ReadWhenUsed(filled, lambda name: block.read([name]).filled[name][rows]),
        len(rows),
    )


@dataclass(frozen=True)
class _ReadWhenUsed(Mapping[str, Any]):
    """Something of each column of a block, read when it is asked for."""

    names: Sequence[str]
    read: Callable[[str], Any]

    def __getitem__(self, name: str) -> Any:
        if name not in self.names:
            raise KeyError(name)
        return self.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class _ValuesWhenUsed(TableValues):
    """Knows the number of rows without reading a column."""

    rows: int = 0

    def __len__(self) -> int:
        return self.rows
