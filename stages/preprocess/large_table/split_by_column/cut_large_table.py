"""Cut the rows of a large table, ordered by the values of a column, as `cut_by_value` does in memory."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Table
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchArray, ScratchFolder
from stages.preprocess.large_table.blocks.map_checked import map_checked
from stages.preprocess.large_table.blocks.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.params import Preprocess
from stages.preprocess.split.by_time import find_cuts, read_order_values
from stages.preprocess.split.split_columns import time_format


def cut_by_column(
    table: Table,
    blocks: Sequence[TableBlock],
    params: Preprocess,
    sizes: Mapping[str, int],
    splits: RowSplits,
    scratch: ScratchFolder,
) -> None:
    """Sort the values in a file, find the cuts there, and compare the rows of each block with them.

    Raises UserError with the rows that have no usable value.
    """
    column = str(params.split.by)
    sizes = {name: size for name, size in sizes.items() if size}
    read = partial(_order_values, column, time_format(params), column in table.private)
    ordered = scratch.file(sum(block.rows for block in blocks), _common_type(read, blocks))
    starts = accumulate((block.rows for block in blocks), initial=0)
    places = {block.start: start for block, start in zip(blocks, starts, strict=False)}
    for _ in map_checked(partial(_write_values, read, ordered, places), blocks):
        pass
    values = ordered.open()
    values.sort()
    codes = np.array([SPLITS.index(name) for name in sizes], np.uint8)
    for _ in map_blocks(partial(_write_codes, read, find_cuts(values, sizes, column), codes, splits), blocks):
        pass


def _order_values(
    column: str, format_of_texts: str | None, is_private: bool, block: TableBlock, rows: int | None = None
) -> NDArray[Any]:
    """Times are in microseconds, since texts of dates give other units in other blocks."""
    frame = block.stored.read_arrow(block.number, [column], rows=rows).to_pandas()
    values = read_order_values(frame[column], column, format_of_texts, is_private)
    return values.astype("M8[us]") if values.dtype.kind == "M" else values


def _common_type(read: partial[NDArray[Any]], blocks: Sequence[TableBlock]) -> np.dtype[Any]:
    """That of the column in all splits of the raw data, as if they were one array."""
    first_blocks = {block.split: block for block in reversed(blocks)}
    return np.result_type(*(read(block, rows=0) for block in first_blocks.values()))


def _write_values(
    read: partial[NDArray[Any]], ordered: ScratchArray, places: Mapping[int, int], block: TableBlock
) -> None:
    start = places[block.start]
    ordered.open()[start : start + block.rows] = read(block)


def _write_codes(
    read: partial[NDArray[Any]], cuts: NDArray[Any], codes: NDArray[np.uint8], splits: RowSplits, block: TableBlock
) -> None:
    splits.of(block)[:] = codes[np.searchsorted(cuts, read(block), side="right")]
