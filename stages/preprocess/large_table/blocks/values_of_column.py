"""The values of a block as a kind of column takes them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.features.coded_values import ColumnValues, plain_array
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.registry import Column
from stages.preprocess.large_table.class_numbers import ClassNumbers

# Positions in a block.
Rows = NDArray[np.int64] | slice


def values_of_column(column: Column, values: TableValues, rows: Rows) -> Any:
    """What `column.transform` takes, of the values of a block."""
    chosen = {name: take_values(values.columns[name], rows) for name in column.columns}
    match column:
        case NumberColumns():
            return _number_matrix([chosen[name] for name in column.columns])
        case ClassLabels():
            return ClassNumbers(column).of(chosen[column.columns[0]])
        case _:
            return TableValues(chosen, {name: filled[rows] for name, filled in values.filled.items() if name in chosen})


def take_values(values: ColumnValues, rows: Rows) -> ColumnValues:
    """A slice gives a view."""
    return values[rows] if isinstance(rows, slice) else values.take(rows)


def _number_matrix(columns: Sequence[ColumnValues]) -> NDArray[np.float64]:
    """The values of a row are side by side in memory, as those of a table of one block are."""
    matrix = np.empty((len(columns[0]), len(columns)))
    for number, values in enumerate(columns):
        matrix[:, number] = plain_array(values)
    return matrix
