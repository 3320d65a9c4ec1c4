"""The class of each row of a large table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.features.coded_values import CodedValues, ColumnValues
from stages.core.columns.features.feature import missing_rows
from stages.core.errors import UserError, format_examples
from stages.preprocess.large_table.blocks.map_checked import map_checked
from stages.preprocess.large_table.blocks.table_block import TableBlock

MOST_CLASSES = 100_000


@dataclass(frozen=True)
class ClassNumbers:
    """Reads the class numbers of a target."""

    column: ClassLabels

    def read(self, block: TableBlock) -> NDArray[np.int64]:
        return self.of(block.column(self.column.columns[0]))

    def of(self, values: ColumnValues) -> NDArray[np.int64]:
        coded = _coded_labels(values)
        present = coded.row_counts() > 0
        numbers = np.zeros(len(coded.values), np.int64)
        numbers[present] = self.column.numbers(coded.values[present].tolist())
        return numbers[coded.codes]

    def count_rows(self, block: TableBlock) -> NDArray[np.int64]:
        """The number of rows of each class."""
        return np.bincount(self.read(block), minlength=len(self.column.classes))


def find_classes(column: str, blocks: Sequence[TableBlock]) -> list[str]:
    """The labels of all rows, in ascending order."""
    found: set[str] = set()
    for labels in map_checked(partial(_labels_of_block, column), blocks):
        found |= labels
        if len(found) > MOST_CLASSES:
            raise UserError(
                f"preprocess.labels: column {column} has more than {MOST_CLASSES:,} different labels; take it out of "
                "labels if it is a value"
            )
    return sorted(found)


def check_labels(column: str, values: ColumnValues) -> None:
    """Each row needs a label."""
    missing = (
        missing_rows(values.values, [])[values.codes] if isinstance(values, CodedValues) else missing_rows(values, [])
    )
    if len(gaps := np.flatnonzero(missing)):
        raise UserError(f"column {column}: no label in rows {format_examples(gaps)}; take those rows out of the data")


def _labels_of_block(column: str, block: TableBlock) -> set[str]:
    values = block.column(column)
    check_labels(column, values)
    return {str(label) for label in _coded_labels(values).values_of_rows().tolist()}


def _coded_labels(values: ColumnValues) -> CodedValues:
    if isinstance(values, CodedValues):
        return values
    found: NDArray[Any]
    found, codes = np.unique(values, return_inverse=True)
    return CodedValues(found, codes.astype(np.int32))
