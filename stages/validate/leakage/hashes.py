"""Hashes of rows and of values: 128 bits, so that two different rows among a billion have one by a chance of 1e-21."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.column_values import column_values
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.validate.leakage.candidate_rows import Integers

Hashes = NDArray[np.uint64]

# Rows that are sorted in memory at once.
ROWS_PER_PART = 1 << 18
# Rows whose values are in the processor's cache while they are hashed: three times as fast as all at once.
ROWS_IN_CACHE = 1 << 13
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
    halves = np.zeros(len(frame), np.uint64), np.zeros(len(frame), np.uint64)
    for name in columns:
        hash_part = _value_hashes(frame[name])
        for start in range(0, len(frame), ROWS_IN_CACHE):
            part = slice(start, start + ROWS_IN_CACHE)
            for half, step, hashes in zip(halves, _STEPS, hash_part(part), strict=True):
                half[part] = half[part] * step + hashes
    return halves


def _value_hashes(column: pd.Series) -> Callable[[slice], tuple[Hashes, Hashes]]:
    """A function that gives two numbers for each value of a part of the column.

    Different numbers, truth values and times always have different ones.
    """
    if not _is_fixed_size(column):
        codes, classes = pd.factorize(column)
        objects = np.asarray(classes, object)
        one, other = (np.append(pd.util.hash_array(objects, hash_key=key, categorize=False), _MISSING) for key in _KEYS)
        return lambda part: (one[codes[part]], other[codes[part]])
    values = column_values(column)

    def hashes(part: slice) -> tuple[Hashes, Hashes]:
        mixed = mix_bits(_bits(values[part]) + _STEPS[0])
        return mixed, (mixed ^ (mixed >> np.uint64(32))) * _STEPS[1]

    return hashes


def _is_fixed_size(column: pd.Series) -> bool:
    """Whether the values are numbers, truth values or times in an array of NumPy."""
    is_number = pd.api.types.is_numeric_dtype(column) and isinstance(column.dtype, np.dtype)
    return is_number or bool(pd.api.types.is_datetime64_any_dtype(column))


def _bits(values: NDArray[Any]) -> Hashes:
    match values.dtype.kind:
        case "f":
            floats = values.astype(np.float64) + 0.0
            return np.where(np.isnan(floats), _MISSING, floats.view(np.uint64))
        case "M":
            return values.astype("M8[us]").view(np.uint64)
        case "i":
            return values.astype(np.int64).view(np.uint64)
        case _:
            return values.astype(np.uint64)


@dataclass(frozen=True)
class EqualRows:
    """For the rows at some positions: the first row of all that is equal, and the one before that is equal.

    A row that is the first one has itself as `originals`, and -1 as `previous`.
    """

    positions: Integers
    originals: Integers
    previous: Integers

    @property
    def is_later(self) -> NDArray[np.bool_]:
        """Whether the row equals an earlier one."""
        return self.previous >= 0


@dataclass(frozen=True)
class _Rows:
    """Hashes in the order of the positions. Rows that were seen before come first, the last one of each hash."""

    halves: tuple[Hashes, Hashes]
    positions: Integers
    originals: Integers

    def __len__(self) -> int:
        return len(self.positions)

    def join(self, other: "_Rows") -> "_Rows":
        one, two = (np.concatenate(pair) for pair in zip(self.halves, other.halves, strict=True))
        positions = np.concatenate([self.positions, other.positions])
        return _Rows((one, two), positions, np.concatenate([self.originals, other.originals]))

    def take(self, rows: NDArray[Any]) -> "_Rows":
        one, other = self.halves
        return _Rows((one[rows], other[rows]), self.positions[rows], self.originals[rows])


_NO_ROWS = _Rows((np.empty(0, np.uint64), np.empty(0, np.uint64)), np.empty(0, np.int64), np.empty(0, np.int64))


class HashedRows:
    """The hashes of many rows and their positions, in files: of the rows that were added since `clear`.

    The rows of each block are grouped by the first bits of their hashes. All rows of a group are compared with each
    other, a part of them at a time, so that any number of equal rows takes bounded memory.
    """

    def __init__(self, scratch: ScratchFolder, most_rows: int) -> None:
        self._halves = [scratch.array(most_rows, np.uint64) for _ in _KEYS]
        self._positions = scratch.array(most_rows, np.int64)
        self._group_bits = max(0, (most_rows // ROWS_PER_PART).bit_length())
        self._starts: list[Integers] = []
        self.count = 0

    def clear(self) -> None:
        self._starts, self.count = [], 0

    def add(self, frame: pd.DataFrame, columns: Sequence[Any]) -> None:
        self.add_hashes(hash_rows(frame, columns), frame.index.to_numpy())

    def add_hashes(self, hashes: tuple[Hashes, Hashes], positions: Integers) -> None:
        """The positions ascend, from one call to the next as well."""
        end = self.count + len(positions)
        # A shift of an integer by all its bits is not defined.
        groups = hashes[0] >> np.uint64(64 - self._group_bits) if self._group_bits else np.zeros(len(positions), int)
        order = np.argsort(groups.astype(np.uint16), kind="stable")
        for half, values in zip(self._halves, hashes, strict=True):
            half[self.count : end] = values[order]
        self._positions[self.count : end] = positions[order]
        sizes = np.bincount(groups.astype(np.int64), minlength=1 << self._group_bits)
        self._starts.append(self.count + np.concatenate([[0], np.cumsum(sizes)]))
        self.count = end

    def equal_rows(self) -> Iterator[EqualRows]:
        """Every row is in one of the parts."""
        for group in range(1 << self._group_bits):
            seen = _NO_ROWS
            for part in self._parts_of_group(group):
                found, seen = _compare(seen, part)
                yield found

    def largest_group(self) -> int:
        """The number of rows of the group that has most."""
        return int(np.sum([np.diff(starts) for starts in self._starts], axis=0).max(initial=0))

    def groups(self) -> Iterator["HashGroup"]:
        """The rows of each group, sorted. Every row is in one of the groups."""
        for group in range(1 << self._group_bits):
            parts = [slice(int(starts[group]), int(starts[group + 1])) for starts in self._starts]
            rows = self._read(parts)
            yield HashGroup(*_sorted_positions(rows))

    def distinct(self) -> int:
        return sum(int((~part.is_later).sum()) for part in self.equal_rows())

    def _parts_of_group(self, group: int) -> Iterator[_Rows]:
        waiting = list[slice]()
        size = 0
        for starts in self._starts:
            first, end = int(starts[group]), int(starts[group + 1])
            for start in range(first, end, ROWS_PER_PART):
                part = slice(start, min(start + ROWS_PER_PART, end))
                if size + part.stop - part.start > ROWS_PER_PART:
                    yield self._read(waiting)
                    waiting, size = [], 0
                waiting.append(part)
                size += part.stop - part.start
        if waiting:
            yield self._read(waiting)

    def _read(self, parts: Sequence[slice]) -> _Rows:
        one, other, positions = (
            np.concatenate([np.asarray(array[part]) for part in parts]) for array in (*self._halves, self._positions)
        )
        return _Rows((one, other), positions, positions)


@dataclass(frozen=True)
class HashGroup:
    """Positions in the order of their hashes, those with the same hash in ascending order.

    `is_new` says where a hash differs from the one before.
    """

    positions: Integers
    is_new: NDArray[np.bool_]


def _sorted_positions(rows: _Rows) -> tuple[Integers, NDArray[np.bool_]]:
    rows = rows.take(_order(rows))
    is_new = np.ones(len(rows), np.bool_)
    is_new[1:] = np.logical_or(*(half[1:] != half[:-1] for half in rows.halves))
    return rows.positions, is_new


def _compare(seen: _Rows, part: _Rows) -> tuple[EqualRows, _Rows]:
    """The part's rows compared with those seen before and with each other, and what is seen now."""
    order = _order(rows := seen.join(part))
    rows = rows.take(order)
    is_equal = np.zeros(len(rows), np.bool_)
    is_equal[1:] = np.logical_and(*(half[1:] == half[:-1] for half in rows.halves))
    first = np.maximum.accumulate(np.where(is_equal, 0, np.arange(len(rows))))
    originals = rows.originals[first]
    previous = np.where(is_equal, np.roll(rows.positions, 1), -1)
    of_part = order >= len(seen)
    found = EqualRows(rows.positions[of_part], originals[of_part], previous[of_part])
    is_last = np.append(~is_equal[1:], True)
    return found, _Rows(rows.halves, rows.positions, originals).take(is_last)


def _order(rows: _Rows) -> Integers:
    """Equal rows side by side, in the order that they have. Rows that may be equal are few, as a rule."""
    one, other = rows.halves
    order = np.argsort(one)
    same = one[order[1:]] == one[order[:-1]]
    unsure = np.flatnonzero(np.append(same, False) | np.append(False, same))
    found = order[unsure]
    order[unsure] = found[np.lexsort((found, other[found], one[found]))]
    return order
