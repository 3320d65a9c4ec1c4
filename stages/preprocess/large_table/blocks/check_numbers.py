"""Whether columns of a large table are numbers that can be stored."""

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.number_columns import LARGEST
from stages.preprocess.inputs.numeric_values import numeric_values
from stages.preprocess.large_table.blocks.map_checked import map_checked
from stages.preprocess.large_table.blocks.table_block import TableBlock


def check_targets(columns: Sequence[str], blocks: Sequence[TableBlock]) -> None:
    for _ in map_checked(partial(_check_block, columns), blocks):
        pass


def _check_block(columns: Sequence[str], block: TableBlock) -> None:
    refuse_columns([column for column in columns if not are_numbers(block.column(column))], (), block)


def refuse_columns(columns: Sequence[str], private: Collection[str], block: TableBlock) -> None:
    """Raise a UserError that says what is wrong with each of the columns. The block is read again."""
    if columns:
        numeric_values(block.frame(columns), columns, private)


def are_numbers(values: ColumnValues) -> bool:
    """A comparison with a gap is false."""
    return (
        isinstance(values, np.ndarray)
        and values.dtype.kind in "biuf"
        and bool(values.min(initial=0) >= -LARGEST)
        and bool(values.max(initial=0) <= LARGEST)
    )
