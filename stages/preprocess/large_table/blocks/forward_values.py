"""Gaps of a series of several blocks, filled with the last value before them, which may be in an earlier block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.columns.column_params import ColumnParams, FeatureParams
from stages.core.columns.features.coded_values import ColumnValues, plain_array
from stages.core.columns.features.feature import missing_rows
from stages.core.columns.features.fill_forward import fill_forward
from stages.preprocess.large_table.blocks.table_block import TableBlock


@dataclass(frozen=True)
class ForwardValues:
    """Fills the gaps of a column of a block. `before` is the last value of the blocks before it, or None."""

    kind: FeatureParams
    before: Any = None

    def fill(self, values: ColumnValues) -> ColumnValues:
        array = plain_array(values)
        if self.before is None:
            return fill_forward(array, self.kind.missing_values)
        with_before = np.concatenate([np.array([self.before], array.dtype), array])
        return fill_forward(with_before, self.kind.missing_values)[1:]

    def gaps(self, values: ColumnValues) -> NDArray[np.bool_]:
        return missing_rows(plain_array(values), self.kind.missing_values)

    def last(self, values: ColumnValues) -> Any:
        """The last value that is no gap."""
        array = plain_array(values)
        present = np.flatnonzero(~self.gaps(array))
        return array[present[-1]] if len(present) else None


def fill_blocks_forward(blocks: Sequence[TableBlock], params: Mapping[str, ColumnParams]) -> list[TableBlock]:
    """The blocks, in which the gaps of the columns with `missing: forward` are filled when they are read."""
    columns = {
        name: ForwardValues(kind)
        for name, kind in params.items()
        if isinstance(kind, FeatureParams) and kind.missing == "forward"
    }
    if not columns:
        return [*blocks]
    filled = []
    for block, last in zip(blocks, map_blocks(partial(_last_values, columns), blocks), strict=True):
        filled.append(replace(block, forward=columns))
        columns = {
            name: of_column if last[name] is None else replace(of_column, before=last[name])
            for name, of_column in columns.items()
        }
    return filled


def _last_values(columns: Mapping[str, ForwardValues], block: TableBlock) -> dict[str, Any]:
    return {name: of_column.last(block.column(name)) for name, of_column in columns.items()}
