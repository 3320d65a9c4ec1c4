"""Count the validation and test samples whose inputs are also those of a training sample."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedSplit
from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows
from stages.core.artefacts.raw.shared_rows import SharedRows

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
NewArray = Callable[[int, Any], NDArray[Any]]
BLOCK_ROWS = 4096
# So many hashes are compared at once.
CHUNK_ROWS = 1 << 19
# The number of a hash that no training sample has.
NONE = -1
# A bit for the first bits of a hash, 32 to 64 for each hash: most hashes of training samples are not among them.
BITS_OF_A_HASH = 32
LARGEST_FILTER_BITS = 28


def seen_in_training(splits: Mapping[str, ProcessedSplit]) -> dict[str, int]:
    """Return the count for each split but train."""
    return count_seen(splits, {name: _sample_hashes(split) for name, split in splits.items()})


def count_seen(
    splits: Mapping[str, ProcessedSplit], hashes: Mapping[str, Hashes], new_array: NewArray = np.zeros
) -> dict[str, int]:
    """Return the count for each split but train. `hashes` has those of the samples, perhaps memory-mapped.

    `new_array` makes arrays with a number for each sample, which may be in files too.

    All samples are compared by their hash. Where it is that of a training sample, the contents are compared.
    """
    others = [name for name in splits if name != TRAIN]
    known = _KnownHashes.of([hashes[name] for name in others], new_array)
    for start in _starts(hashes[TRAIN]):
        known.find(hashes[TRAIN][start : start + CHUNK_ROWS], start)
    found = known.only_found(new_array)
    return {
        name: sum(_count_equal(splits, name, start, hashes, found) for start in _starts(hashes[name]))
        for name in others
    }


@dataclass(frozen=True)
class _HashFilter:
    """A bit for the first bits of a hash, eight in a byte, so that they stay in the caches of the processor.

    The last bits of all hashes are 0 where every number is 0 or 1.
    """

    shift: np.uint64
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, hashes: Hashes) -> "_HashFilter":
        bits = min(LARGEST_FILTER_BITS, max(3, (BITS_OF_A_HASH * len(hashes)).bit_length()))
        found = cls(np.uint64(64 - bits), np.zeros(1 << (bits - 3), np.uint8))
        for start in _starts(hashes):
            positions, bit_numbers = found._positions(hashes[start : start + CHUNK_ROWS])
            for bit in range(8):
                found.bits[positions[bit_numbers == bit]] |= np.uint8(1 << bit)
        return found

    def may_have(self, hashes: Hashes) -> NDArray[np.bool_]:
        """False for most of the hashes that are not in it, true for all that are."""
        positions, bit_numbers = self._positions(hashes)
        return (self.bits.take(positions) >> bit_numbers & np.uint8(1)).view(np.bool_)

    def _positions(self, hashes: Hashes) -> tuple[Integers, NDArray[np.uint8]]:
        first_bits = hashes >> self.shift
        return (first_bits >> np.uint64(3)).view(np.int64), first_bits.astype(np.uint8) & np.uint8(7)


@dataclass(frozen=True)
class _KnownHashes:
    """Hashes in ascending order, and for each the number of a training sample that has it, or NONE."""

    ordered: Hashes
    training_samples: Integers
    filter: "_HashFilter"

    @classmethod
    def of(cls, parts: Sequence[Hashes], new_array: NewArray) -> "_KnownHashes":
        ordered = new_array(sum(map(len, parts)), np.uint64)
        np.concatenate([ordered[:0], *parts], out=ordered)
        ordered.sort()
        training_samples = new_array(len(ordered), np.int64)
        training_samples[:] = NONE
        return cls(ordered, training_samples, _HashFilter.of(ordered))

    def find(self, training_hashes: Hashes, start: int) -> None:
        """Note the samples of a chunk of training samples that begins with sample `start`."""
        possible = np.flatnonzero(self.filter.may_have(training_hashes))
        hashes = training_hashes.take(possible)
        positions = np.searchsorted(self.ordered, hashes)
        found = self.ordered.take(positions, mode="clip") == hashes
        self.training_samples[positions[found]] = start + possible[found]

    def only_found(self, new_array: NewArray) -> "_KnownHashes":
        """Without the hashes that no training sample has. Of equal hashes the first one has the training sample."""
        found = self.training_samples != NONE
        count = int(found.sum())
        ordered = np.compress(found, self.ordered, out=new_array(count, np.uint64))
        samples = np.compress(found, self.training_samples, out=new_array(count, np.int64))
        return replace(self, ordered=ordered, training_samples=samples)

    def training_sample_of(self, hashes: Hashes) -> Integers:
        """A training sample with each of the hashes; NONE if there is none."""
        if not len(self.ordered):
            return np.full(len(hashes), NONE)
        positions = np.minimum(np.searchsorted(self.ordered, hashes), len(self.ordered) - 1)
        return np.where(self.ordered[positions] == hashes, self.training_samples[positions], NONE)


def _count_equal(
    splits: Mapping[str, ProcessedSplit], name: str, start: int, hashes: Mapping[str, Hashes], known: _KnownHashes
) -> int:
    """The number of samples of a chunk that are equal to a training sample."""
    chunk = hashes[name][start : start + CHUNK_ROWS]
    training_samples = known.training_sample_of(chunk)
    candidates = np.flatnonzero(training_samples != NONE)
    equal = _are_equal(splits[name], start + candidates, splits[TRAIN], training_samples[candidates])
    others = candidates[~equal]
    return int(equal.sum()) + sum(
        _has_equal(splits, name, int(start + sample), hashes[TRAIN], chunk[sample]) for sample in others
    )


def _has_equal(
    splits: Mapping[str, ProcessedSplit], name: str, sample: int, training_hashes: Hashes, sample_hash: np.uint64
) -> bool:
    """Whether any training sample is equal, where the first one with the same hash is not."""
    for start in _starts(training_hashes):
        same = start + np.flatnonzero(training_hashes[start : start + CHUNK_ROWS] == sample_hash)
        if _are_equal(splits[name], np.full(len(same), sample), splits[TRAIN], same).any():
            return True
    return False


def _starts(hashes: Hashes) -> Iterator[int]:
    return iter(range(0, len(hashes), CHUNK_ROWS))


def _are_equal(a: ProcessedSplit, samples: Integers, b: ProcessedSplit, other_samples: Integers) -> NDArray[np.bool_]:
    equal = np.ones(len(samples), np.bool_)
    # A few at once, since a sample may be a picture.
    for start in range(0, len(samples), BLOCK_ROWS):
        part = slice(start, start + BLOCK_ROWS)
        for rows, other_rows in zip(a.inputs.values(), b.inputs.values(), strict=True):
            equal[part] &= _rows_are_equal(rows[samples[part]], other_rows[other_samples[part]])
    return equal


def _rows_are_equal(a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Compare bytes, as the hashes do."""
    if isinstance(a, RaggedRows) and isinstance(b, RaggedRows):
        return _ragged_rows_are_equal(a, b)
    a_bytes, b_bytes = _row_bytes(a), _row_bytes(b)
    return np.asarray((a_bytes == b_bytes).all(axis=1))


def _row_bytes(rows: Rows) -> NDArray[np.uint8]:
    assert not isinstance(rows, RaggedRows)
    array = rows.to_array() if isinstance(rows, SharedRows) else rows
    return np.ascontiguousarray(array).reshape(len(array), -1).view(np.uint8)


def _ragged_rows_are_equal(a: RaggedRows, b: RaggedRows) -> NDArray[np.bool_]:
    equal: NDArray[np.bool_] = np.diff(a.offsets) == np.diff(b.offsets)
    same_length = np.flatnonzero(equal)
    a, b = a[same_length], b[same_length]
    differs = a.ids != b.ids
    if a.weights is not None and b.weights is not None:
        differs |= a.weights.view(np.uint32) != b.weights.view(np.uint32)
    equal[same_length] = np.bincount(a.row_of_id[differs], minlength=len(same_length)) == 0
    return equal


def _sample_hashes(split: ProcessedSplit) -> Hashes:
    hashes: Hashes = np.add.reduce([hash_rows(rows, seed) for seed, rows in enumerate(split.inputs.values())])
    return hashes


def hash_rows(rows: Rows, seed: int) -> Hashes:
    """Return a sum of random weights for each row: equal rows have equal sums, and few others do.

    `seed` is the number of the input. The hash of a sample is the sum of those of its inputs.
    """
    if isinstance(rows, SharedRows):
        return hash_rows(rows.values, seed)[rows.numbers]
    if isinstance(rows, RaggedRows):
        id_weights = _random_weights(int(rows.ids.max(initial=0)) + 1, seed)
        sums = np.concatenate([[np.uint64(0)], np.cumsum(id_weights[rows.ids], dtype=np.uint64)])
        return np.diff(sums[rows.offsets])
    row_bytes = np.ascontiguousarray(rows).reshape(len(rows), -1).view(np.uint8)
    # The largest integers that divide a row.
    size = next(size for size in (8, 4, 2, 1) if row_bytes.shape[1] % size == 0)
    integers = row_bytes.view(f"u{size}")
    weights = _random_weights(integers.shape[1], seed)
    starts = range(0, len(integers), BLOCK_ROWS)
    return np.concatenate([integers[n : n + BLOCK_ROWS].astype(np.uint64, copy=False) @ weights for n in starts])


@lru_cache(maxsize=16)
def _random_weights(count: int, seed: int) -> Hashes:
    # Odd weights: two rows that differ in one integer never have equal sums.
    return np.random.default_rng(seed).integers(0, 2**63, count, np.uint64) * np.uint64(2) + np.uint64(1)
