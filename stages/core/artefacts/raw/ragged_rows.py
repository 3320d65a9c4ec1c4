"""Rows of different lengths in two flat arrays: the ids of all rows, and where each row begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.concatenated_arrays import Concatenate
from stages.core.artefacts.raw.shared_rows import SharedRows, concatenate_shared


@dataclass(frozen=True)
class RaggedRows:
    """Row r is ids[offsets[r] : offsets[r + 1]]. Each id may have a weight."""

    ids: NDArray[Any]
    offsets: NDArray[np.int64]
    weights: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self.ids[start:stop] for start, stop in pairwise(self.offsets))

    @property
    def nbytes(self) -> int:
        return self.ids.nbytes + self.offsets.nbytes + (0 if self.weights is None else self.weights.nbytes)

    def __getitem__(self, rows: slice | NDArray[np.integer[Any]]) -> "RaggedRows":
        """Return the rows of a slice or an array of row numbers, in that order."""
        starts, stops = self.offsets[:-1][rows], self.offsets[1:][rows]
        lengths = stops - starts
        ends = np.cumsum(lengths)
        position_in_row = np.arange(lengths.sum()) - np.repeat(ends - lengths, lengths)
        positions = np.repeat(starts, lengths) + position_in_row
        weights = None if self.weights is None else self.weights[positions]
        return RaggedRows(self.ids[positions], offsets_from_lengths(lengths), weights)

    @property
    def row_of_id(self) -> NDArray[np.int64]:
        """The row number of each id."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def select(self, chosen: NDArray[np.bool_]) -> "RaggedRows":
        """Return the rows without the ids that are not chosen.

        >>> rows = RaggedRows(np.array([4, 5, 6]), np.array([0, 2, 3])).select(np.array([True, False, False]))
        >>> rows.ids, rows.offsets
        (array([4]), array([0, 1, 1]))
        """
        lengths = np.bincount(self.row_of_id[chosen], minlength=len(self))
        weights = None if self.weights is None else self.weights[chosen]
        return RaggedRows(self.ids[chosen], offsets_from_lengths(lengths), weights)

    def to_dense(self, width: int) -> NDArray[np.float32]:
        """Return a matrix with the weight of each id in its column, which is 1 without weights.

        >>> RaggedRows(np.array([2, 0, 1]), np.array([0, 1, 3])).to_dense(3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
        """
        dense = np.zeros((len(self), width), np.float32)
        dense[self.row_of_id, self.ids] = 1.0 if self.weights is None else self.weights
        return dense


Rows = NDArray[Any] | RaggedRows | SharedRows


def offsets_from_lengths(lengths: NDArray[Any]) -> NDArray[np.int64]:
    """
    >>> offsets_from_lengths(np.array([2, 0, 1]))
    array([0, 2, 2, 3])
    """
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def distinct_ids(rows: RaggedRows, id_count: int) -> tuple[RaggedRows, NDArray[np.int64]]:
    """Return the ascending ids of each row, each once, and how often the row has each.

    >>> distinct, counts = distinct_ids(RaggedRows(np.array([2, 1, 2, 0]), np.array([0, 3, 4])), 3)
    >>> distinct.ids, distinct.offsets, counts
    (array([1, 2, 0], dtype=uint8), array([0, 2, 3]), array([1, 2, 1]))
    """
    # One number for each pair of row and id: np.unique sorts them faster than pairs.
    pairs, counts = np.unique(rows.row_of_id * id_count + rows.ids.astype(np.int64), return_counts=True)
    lengths = np.bincount(pairs // id_count, minlength=len(rows))
    ids = (pairs % id_count).astype(np.min_scalar_type(id_count))
    return RaggedRows(ids, offsets_from_lengths(lengths)), counts


def concatenate_ragged(parts: list[RaggedRows], concatenate: Concatenate = np.concatenate) -> RaggedRows:
    """Concatenate parts of which all or none have weights."""
    weights = [part.weights for part in parts if part.weights is not None]
    return RaggedRows(
        concatenate([part.ids for part in parts]),
        offsets_from_lengths(np.concatenate([np.diff(part.offsets) for part in parts])),
        concatenate(weights) if weights else None,
    )


def concatenate_rows(parts: list[Rows], concatenate: Concatenate = np.concatenate) -> Rows:
    """Concatenate parts that are all ragged, all shared or all arrays."""
    if shared := [part for part in parts if isinstance(part, SharedRows)]:
        return concatenate_shared(shared, concatenate)
    if ragged := [part for part in parts if isinstance(part, RaggedRows)]:
        return concatenate_ragged(ragged, concatenate)
    return concatenate([part for part in parts if isinstance(part, np.ndarray)])
