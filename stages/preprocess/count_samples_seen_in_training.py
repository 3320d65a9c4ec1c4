"""Count the validation and test samples whose inputs are also those of a training sample."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedSplit
from stages.core.artefacts.ragged_rows import RaggedRows, Rows
from stages.core.artefacts.shared_rows import SharedRows

Hashes = NDArray[np.uint64]
BLOCK_ROWS = 4096


def seen_in_training(splits: Mapping[str, ProcessedSplit]) -> dict[str, int]:
    """Return the count for each split but train.

    All samples are compared by a fast hash; a digest of the content is compared only where the hashes are equal.
    """
    train_hashes = _sample_hashes(splits[TRAIN])
    counts = {name: 0 for name in splits if name != TRAIN}
    for name in counts:
        hashes = _sample_hashes(splits[name])
        candidates = np.flatnonzero(_is_in(hashes, train_hashes))
        if len(candidates):
            train_candidates = np.flatnonzero(_is_in(train_hashes, hashes[candidates]))
            train_digests = set(_digests(splits[TRAIN], train_candidates))
            counts[name] = sum(digest in train_digests for digest in _digests(splits[name], candidates))
    return counts


def _is_in(hashes: Hashes, others: Hashes) -> NDArray[np.bool_]:
    # np.isin takes eight times as long.
    ordered = np.sort(others)
    return np.asarray(ordered.take(np.searchsorted(ordered, hashes), mode="clip") == hashes)


def _digests(split: ProcessedSplit, samples: Iterable[int]) -> Iterator[bytes]:
    for sample in samples:
        digest = hashlib.blake2b(digest_size=16)
        for rows in split.inputs.values():
            row = rows[sample : sample + 1]
            array = row.to_array() if isinstance(row, SharedRows) else row
            digest.update((array.ids if isinstance(array, RaggedRows) else array).tobytes())
            if isinstance(row, RaggedRows) and row.weights is not None:
                digest.update(row.weights.tobytes())
        yield digest.digest()


def _sample_hashes(split: ProcessedSplit) -> Hashes:
    hashes: Hashes = np.add.reduce([_row_hashes(rows, seed) for seed, rows in enumerate(split.inputs.values())])
    return hashes


def _row_hashes(rows: Rows, seed: int) -> Hashes:
    """Return a sum of random weights for each row: equal rows have equal sums, and few others do."""
    if isinstance(rows, SharedRows):
        return _row_hashes(rows.values, seed)[rows.numbers]
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
    return np.concatenate([integers[n : n + BLOCK_ROWS].astype(np.uint64) @ weights for n in starts])


def _random_weights(count: int, seed: int) -> Hashes:
    # Odd weights: two rows that differ in one integer never have equal sums.
    return np.random.default_rng(seed).integers(0, 2**63, count, np.uint64) * np.uint64(2) + np.uint64(1)
