"""Whether columns of a large table are numbers that can be stored."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

import numpy as np

from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.number_columns import LARGEST
from stages.core.errors import prefix_errors
from stages.core.runtime.map_blocks import map_blocks
from stages.preprocess.large_table.table_block import TableBlock
from stages.preprocess.numeric_values import numeric_values


def check_targets(columns: Sequence[str], blocks: Sequence[TableBlock]) -> None:
    for _ in map_blocks(partial(_check_block, columns), blocks):
        pass


def _check_block(columns: Sequence[str], block: TableBlock) -> None:
    with prefix_errors(block.name):
        check_numbers(columns, (), block, block.read(columns))


def check_numbers(
    columns: Sequence[str], private: Collection[str], block: TableBlock, values: Mapping[str, ColumnValues]
) -> None:
    """Raise a UserError with all columns that are text, or have gaps or too large values.

    Only where something is wrong, the block is read again to say what.
    """
    if not all(_are_numbers(values[column]) for column in columns):
        numeric_values(block.frame(columns), columns, private)


def _are_numbers(values: ColumnValues) -> bool:
    """A comparison with a gap is false."""
    return (
        isinstance(values, np.ndarray)
        and values.dtype.kind in "biuf"
        and bool(values.min(initial=0) >= -LARGEST)
        and bool(values.max(initial=0) <= LARGEST)
    )
