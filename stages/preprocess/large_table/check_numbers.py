"""Whether columns of a large table are numbers that can be stored."""

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.number_columns import LARGEST
from stages.preprocess.inputs.numeric_values import numeric_values
from stages.preprocess.large_table.map_checked import map_checked
from stages.preprocess.large_table.table_block import TableBlock


def check_targets(columns: Sequence[str], blocks: Sequence[TableBlock]) -> None:
    for _ in map_checked(partial(check_numbers, columns, ()), blocks):
        pass


def check_numbers(columns: Sequence[str], private: Collection[str], block: TableBlock) -> None:
    """Raise a UserError with all columns that are text, or have gaps or too large values.

    Only where something is wrong, the block is read again to say what.
    """
    if not all(_are_numbers(block.column(column)) for column in columns):
        numeric_values(block.frame(columns), columns, private)


def _are_numbers(values: ColumnValues) -> bool:
    """A comparison with a gap is false."""
    return (
        isinstance(values, np.ndarray)
        and values.dtype.kind in "biuf"
        and bool(values.min(initial=0) >= -LARGEST)
        and bool(values.max(initial=0) <= LARGEST)
    )
