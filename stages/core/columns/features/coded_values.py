"""A column in which values repeat, such as categories: each different value once, and its number in each row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CodedValues:
    """Row r is values[codes[r]]. `values` are objects, None for a gap; rows need not have all of them.

    >>> CodedValues(np.array(["a", None], object), np.array([1, 0, 0]))[1:].to_array()
    array(['a', 'a'], dtype=object)
    """

    values: NDArray[Any]
    codes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> "CodedValues":
        return CodedValues(self.values, self.codes[rows])

    def take(self, rows: Any) -> "CodedValues":
        """As the method of an array, which takes less time than an index."""
        return CodedValues(self.values, self.codes.take(rows))

    def without_unused(self) -> "CodedValues":
        """
        >>> CodedValues(np.array(["a", "b", None], object), np.array([1, 1])).without_unused()
        CodedValues(values=array(['b'], dtype=object), codes=array([0, 0], dtype=int32))
        """
        is_used = self.row_counts() > 0
        codes = np.cumsum(is_used, dtype=np.int32) - np.int32(1)
        return CodedValues(self.values[is_used], codes.take(self.codes))

    def to_array(self) -> NDArray[Any]:
        array: NDArray[Any] = self.values[self.codes]
        return array

    def values_of_rows(self) -> NDArray[Any]:
        """The values that a row has, each once.

        >>> CodedValues(np.array(["a", "b", None], object), np.array([1, 1])).values_of_rows()
        array(['b'], dtype=object)
        """
        found: NDArray[Any] = self.values[self.row_counts() > 0]
        return found

    def row_counts(self) -> NDArray[np.int64]:
        """The number of rows of each value.

        >>> CodedValues(np.array(["a", "b", None], object), np.array([2, 0, 0])).row_counts()
        array([2, 0, 1])
        """
        return np.bincount(self.codes, minlength=len(self.values)).astype(np.int64)


ColumnValues = NDArray[Any] | CodedValues


def plain_array(values: ColumnValues) -> NDArray[Any]:
    return values.to_array() if isinstance(values, CodedValues) else values


def concatenate_values(first: ColumnValues, second: ColumnValues) -> ColumnValues:
    """
    >>> both = CodedValues(np.array(["a", None], object), np.array([1])), CodedValues(np.array(["b"]), np.array([0, 0]))
    >>> concatenate_values(*both).to_array()
    array([None, 'b', 'b'], dtype=object)
    """
    if isinstance(first, CodedValues) and isinstance(second, CodedValues):
        first = first.without_unused()
        codes = np.concatenate([first.codes, second.codes + np.int32(len(first.values))])
        return CodedValues(np.concatenate([first.values, second.values]), codes)
    return np.concatenate([plain_array(first), plain_array(second)])
