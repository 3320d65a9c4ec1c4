"""Hashes of rows and of values: 128 bits, so that two different rows among a billion have one by a chance of 1e-21."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.column_values import column_values
from stages.core.runtime.scratch_arrays import ScratchFolder
from stages.validate.leakage.candidate_rows import Integers

Hashes = NDArray[np.uint64]

# Rows that are grouped in memory at once.
ROWS_PER_BUCKET = 1 << 21
ROWS_PER_SCAN = 1 << 22
# For the two halves of a hash.
_KEYS = ("restage-validate", "validate-restage")
_STEPS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03))
_MISSING = np.uint64(0x2545F4914F6CDD1D)


def mix_bits(hashes: Hashes) -> Hashes:
    """The last steps of splitmix64 (modulo 2^64), after which close numbers are far apart."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def hash_rows(frame: pd.DataFrame, columns: Sequence[Any]) -> tuple[Hashes, Hashes]:
    """The halves of the hash of each row in these columns. Missing values are equal, as are 0.0 and -0.0."""
    halves = [np.zeros(len(frame), np.uint64) for _ in _KEYS]
    for name in columns:
        bits = _hash_values(frame[name])
        for number, step in enumerate(_STEPS):
            halves[number] = mix_bits(halves[number] * step + mix_bits(bits[number] + step))
    return halves[0], halves[1]


def _hash_values(column: pd.Series) -> tuple[Hashes, Hashes]:
    """Two numbers for each value. Different numbers, truth values and times always have different ones."""
    values = column_values(column)
    if values.dtype.kind in "iub":
        bits = values.astype(np.uint64 if values.dtype.kind != "i" else np.int64).view(np.uint64)
        return bits, bits
    if values.dtype.kind == "M":
        bits = values.astype("M8[us]").view(np.uint64)
        return bits, bits
    if values.dtype.kind == "f":
        floats = values.astype(np.float64) + 0.0
        bits = np.where(np.isnan(floats), _MISSING, floats.view(np.uint64))
        return bits, bits
    codes, classes = pd.factorize(column)
    objects = np.asarray(classes, object)
    one, other = (np.append(pd.util.hash_array(objects, hash_key=key, categorize=False), _MISSING) for key in _KEYS)
    return one[codes], other[codes]


@dataclass(frozen=True)
class Group:
    """Rows whose hashes are in one part of all hashes: equal ones side by side, each of them in order of position.

    `is_first` marks the first row of each group of equal rows.
    """

    positions: Integers
    is_first: NDArray[np.bool_]

    @property
    def group(self) -> Integers:
        return np.cumsum(self.is_first) - 1

    @property
    def is_repeated(self) -> NDArray[np.bool_]:
        """Whether the row equals another one."""
        sizes = np.bincount(self.group)
        return sizes[self.group] > 1


class HashedRows:
    """The hashes of many rows and their positions, in files: of the rows that were added since `clear`."""

    def __init__(self, scratch: ScratchFolder, most_rows: int) -> None:
        self._halves = [scratch.array(most_rows, np.uint64) for _ in _KEYS]
        self._positions = scratch.array(most_rows, np.int64)
        self.count = 0

    def clear(self) -> None:
        self.count = 0

    def add(self, frame: pd.DataFrame, columns: Sequence[Any]) -> None:
        end = self.count + len(frame)
        for half, hashes in zip(self._halves, hash_rows(frame, columns), strict=True):
            half[self.count : end] = hashes
        self._positions[self.count : end] = frame.index
        self.count = end

    def groups(self) -> Iterator[Group]:
        """Every row is in one of them, and so are all rows that equal it."""
        buckets = max(1, -(-self.count // ROWS_PER_BUCKET))
        width = (1 << 64) // buckets + 1
        for bucket in range(buckets):
            yield self._sorted(self._rows_between(bucket * width, (bucket + 1) * width))

    def distinct(self) -> int:
        return sum(int(group.is_first.sum()) for group in self.groups())

    def _rows_between(self, low: int, high: int) -> Integers:
        parts = []
        for start in range(0, self.count, ROWS_PER_SCAN):
            part = self._halves[0][start : min(start + ROWS_PER_SCAN, self.count)]
            inside = (part >= np.uint64(low)) & (part <= np.uint64(min(high, 1 << 64) - 1))
            parts.append(start + np.flatnonzero(inside))
        return np.concatenate([np.empty(0, np.int64), *parts])

    def _sorted(self, rows: Integers) -> Group:
        one, other = (np.asarray(half[rows]) for half in self._halves)
        order = np.lexsort((other, one))
        one, other = one[order], other[order]
        is_first = np.ones(len(rows), np.bool_)
        is_first[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
        return Group(np.asarray(self._positions[rows[order]]), is_first)
