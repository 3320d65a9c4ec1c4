"""Rows of different lengths in two flat arrays: the ids of all rows, and where each row begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RaggedRows:
    """Row r is ids[offsets[r] : offsets[r + 1]]."""

    ids: NDArray[Any]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self.ids[start:stop] for start, stop in pairwise(self.offsets))

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "RaggedRows":
        """Return the rows of a slice or an array of row numbers, in that order."""
        numbers = np.arange(len(self))[rows]
        lengths = np.diff(self.offsets)[numbers]
        ends = np.cumsum(lengths)
        position_in_row = np.arange(lengths.sum()) - np.repeat(ends - lengths, lengths)
        positions = np.repeat(self.offsets[:-1][numbers], lengths) + position_in_row
        return RaggedRows(self.ids[positions], offsets_from_lengths(lengths))

    def multi_hot(self, width: int) -> NDArray[np.float32]:
        """
        >>> RaggedRows(np.array([2, 0, 1]), np.array([0, 1, 3])).multi_hot(3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
        """
        hot = np.zeros((len(self), width), np.float32)
        hot[np.repeat(np.arange(len(self)), np.diff(self.offsets)), self.ids] = 1.0
        return hot


Rows = NDArray[Any] | RaggedRows


def offsets_from_lengths(lengths: NDArray[Any]) -> NDArray[np.int64]:
    """
    >>> offsets_from_lengths(np.array([2, 0, 1]))
    array([0, 2, 2, 3])
    """
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def concatenate_ragged(parts: list[RaggedRows]) -> RaggedRows:
    return RaggedRows(
        np.concatenate([part.ids for part in parts]),
        offsets_from_lengths(np.concatenate([np.diff(part.offsets) for part in parts])),
    )


def concatenate_rows(parts: list[Rows]) -> Rows:
    """Concatenate parts that are all ragged or all arrays."""
    if ragged := [part for part in parts if isinstance(part, RaggedRows)]:
        return concatenate_ragged(ragged)
    return np.concatenate([part for part in parts if isinstance(part, np.ndarray)])
