"""How often each value of a column occurs."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ValueCounts:
    """The different values in ascending order, the number of rows that have each, and the number of gaps.

    All that is learned from a column follows from its counts, and counts of blocks of rows can be added.
    """

    values: NDArray[Any]
    counts: NDArray[np.int64]
    missing: int = 0

    @classmethod
    def of(cls, values: NDArray[Any], missing: int = 0) -> "ValueCounts":
        if values.dtype.kind == "O":  # NumPy would sort all objects
            found_counts = Counter(values.tolist())
            found = np.array(sorted(found_counts), object)
            return cls(found, np.array([found_counts[value] for value in found], np.int64), missing)
        found, counts = np.unique(values, return_counts=True)
        return cls(found, counts.astype(np.int64), missing)

    @classmethod
    def of_counted(cls, values: NDArray[Any], counts: NDArray[np.int64], missing: int = 0) -> "ValueCounts":
        """`counts` has the number of rows of each of the values, which may repeat.

        >>> total = ValueCounts.of_counted(np.array(["b", "a", "b"], object), np.array([2, 0, 1]))
        >>> total.values, total.counts
        (array(['b'], dtype=object), array([3]))
        """
        present = counts > 0
        return cls(values[:0], counts[:0], missing) + cls(values[present], counts[present])

    def __add__(self, other: "ValueCounts") -> "ValueCounts":
        """
        >>> total = ValueCounts.of(np.array([1, 3])) + ValueCounts.of(np.array([3, 2]))
        >>> total.values, total.counts
        (array([1, 2, 3]), array([1, 1, 2]))
        """
        values, position = np.unique(np.concatenate([self.values, other.values]), return_inverse=True)
        counts = np.zeros(len(values), np.int64)
        np.add.at(counts, position, np.concatenate([self.counts, other.counts]))
        return ValueCounts(values, counts, self.missing + other.missing)

    @property
    def first(self) -> Any:
        """The smallest value."""
        return self.values[0]

    @property
    def total(self) -> int:
        """The number of rows that have a value."""
        return int(self.counts.sum())

    def most_frequent(self) -> Any:
        """Of values that occur equally often, the first in ascending order."""
        return self.values[np.argmax(self.counts)]

    def mean(self) -> float:
        """Exact sums, so that the order of the rows does not change the last bits."""
        return math.fsum(float(v) * int(n) for v, n in zip(self.values, self.counts, strict=True)) / self.total

    def median(self) -> Any:
        """
        >>> ValueCounts.of(np.array([4.0, 1.0, 2.0, 3.0])).median()
        np.float64(2.5)
        """
        ends = np.cumsum(self.counts)
        ranks = (self.total - 1) // 2, self.total // 2
        low, high = (self.values[np.searchsorted(ends, rank, side="right")] for rank in ranks)
        # Of times, only the difference can be divided.
        return low + (high - low) / 2
