"""Texts that are nearly the same: a word changed, a line added, a correction sent again.

The similarity of two texts is the Jaccard index of their sets of runs of three words. Single words would make two
notices of the same form similar; runs do not. Prefix filtering finds the pairs to compare: if the runs of all texts
have one order, from rare to frequent, then the first few runs of two similar texts have at least one in common.
Only such pairs are compared, no similar pair is missed, and nothing is drawn at random.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows, concatenate_ragged, offsets_from_lengths
from stages.validate.leakage.candidate_rows import Candidates, Integers, join_ranges, sampling_step
from stages.validate.leakage.hashes import Hashes, mix_bits
from stages.validate.leakage.select_nearest import NearestRows, select_nearest

RUN_LENGTH = 3
WORDS_PER_BLOCK = 1 << 20
# The frequency of a run is counted by the first bits of its hash.
BUCKET_BITS = 22
# Pairs of rows that share a rare run, counted once for each run; about ten seconds of one core.
MAX_SHARED_RUNS = 500_000


def near_duplicate_texts(
    parts: Sequence[RaggedRows], candidates: Candidates, threshold: float
) -> tuple[NearestRows, Candidates]:
    """Texts whose similarity is at least `threshold`, and the candidates that were compared."""
    texts = run_sets(concatenate_ragged([RaggedRows(np.asarray(part.ids), part.offsets) for part in parts]))
    rare_runs = _rare_runs(texts, threshold)
    # A sorted list of (run, text) in one number each.
    index = np.sort(_join_bits(rare_runs.ids, _row_numbers(rare_runs)))
    _, counts = _earlier_texts(rare_runs, index, candidates)
    costs = np.bincount(_row_numbers(rare_runs[candidates.rows]), counts, len(candidates)).astype(np.int64)
    compared = candidates.every(sampling_step(costs, MAX_SHARED_RUNS))
    rows, others = _pairs_with_shared_runs(rare_runs, index, compared)
    return select_nearest(list(_similar_pairs(texts, rows, others, threshold))), compared


def run_sets(texts: RaggedRows) -> RaggedRows:
    """The distinct runs of words of each text as 32-bit hashes, the rarest first. A shorter text is one run."""
    hashed = [_hash_runs(texts[block]) for block in _blocks(texts.offsets)]
    sets = concatenate_ragged(hashed) if hashed else texts
    frequency = np.bincount(_bucket(sets.ids), minlength=1 << BUCKET_BITS).astype(np.int32)
    for block in _blocks(sets.offsets):
        part = slice(*sets.offsets[[block.start, block.stop]])
        hashes = sets.ids[part]
        order = np.lexsort((hashes, frequency[_bucket(hashes)], _row_numbers(sets[block])))
        sets.ids[part] = hashes[order]
    return sets


def _blocks(offsets: Integers) -> Iterator[slice]:
    """Slices of rows with about WORDS_PER_BLOCK entries each."""
    starts = np.searchsorted(offsets, np.arange(0, offsets[-1], WORDS_PER_BLOCK))
    bounds = np.unique(np.append(starts, len(offsets) - 1))
    return (slice(start, end) for start, end in pairwise(bounds.tolist()))


def _hash_runs(texts: RaggedRows) -> RaggedRows:
    numbers, lengths = _row_numbers(texts), np.diff(texts.offsets)
    words_left = np.repeat(texts.offsets[1:], lengths) - np.arange(len(texts.ids))
    hashes = np.zeros(len(texts.ids), np.uint64)
    for ahead in range(RUN_LENGTH):
        words = np.zeros(len(hashes), np.uint64)
        words[: len(words) - ahead] = texts.ids[ahead:].astype(np.uint64) + np.uint64(1)
        hashes = mix_bits(hashes + np.where(words_left > ahead, words, np.uint64(0)))
    starts = (words_left >= RUN_LENGTH) | (words_left == np.repeat(lengths, lengths))
    distinct = np.unique(_join_bits(numbers[starts], hashes[starts] >> np.uint64(32)))
    sizes = np.bincount((distinct >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    return RaggedRows(distinct.astype(np.uint32), offsets_from_lengths(sizes))


def _bucket(hashes: NDArray[np.uint32]) -> NDArray[Any]:
    return hashes >> np.uint32(32 - BUCKET_BITS)


def _row_numbers(texts: RaggedRows) -> Integers:
    """The number of the text that each entry belongs to."""
    return np.repeat(np.arange(len(texts)), np.diff(texts.offsets))


def _join_bits(high: NDArray[Any], low: NDArray[Any]) -> Hashes:
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def _rare_runs(texts: RaggedRows, threshold: float) -> RaggedRows:
    """The first runs of each text that a similar text cannot all miss, without runs that no other text has."""
    sizes = np.diff(texts.offsets)
    prefix_lengths = sizes - np.ceil(sizes * threshold - 1e-9).astype(np.int64) + 1
    position = np.arange(len(texts.ids)) - np.repeat(texts.offsets[:-1], sizes)
    repeated = np.bincount(_bucket(texts.ids), minlength=1 << BUCKET_BITS) > 1
    kept = (position < np.repeat(prefix_lengths, sizes)) & repeated[_bucket(texts.ids)]
    lengths = np.bincount(_row_numbers(texts)[kept], minlength=len(texts))
    return RaggedRows(texts.ids[kept], offsets_from_lengths(lengths))


def _earlier_texts(rare_runs: RaggedRows, index: Hashes, candidates: Candidates) -> tuple[Integers, Integers]:
    """For each run of the candidates, where in the index the earlier texts with this run start, and their number."""
    chosen = rare_runs[candidates.rows]
    limits = np.repeat(candidates.limits, np.diff(chosen.offsets))
    starts = np.searchsorted(index, _join_bits(chosen.ids, np.zeros(1)))
    return starts, np.searchsorted(index, _join_bits(chosen.ids, limits)) - starts


def _pairs_with_shared_runs(rare_runs: RaggedRows, index: Hashes, candidates: Candidates) -> tuple[Integers, Integers]:
    """Rows and earlier rows that share a rare run, each pair once, sorted by row."""
    starts, counts = _earlier_texts(rare_runs, index, candidates)
    rows = np.repeat(candidates.rows, np.diff(rare_runs[candidates.rows].offsets))
    others = index[join_ranges(starts, counts)] & np.uint64(0xFFFFFFFF)
    pairs = np.unique(_join_bits(np.repeat(rows, counts), others)).astype(np.int64)
    return pairs >> 32, pairs & 0xFFFFFFFF


def _similar_pairs(texts: RaggedRows, rows: Integers, others: Integers, threshold: float) -> Iterator[NearestRows]:
    sizes = np.diff(texts.offsets)
    for row, start, count in zip(*np.unique(rows, return_index=True, return_counts=True), strict=True):
        earlier = others[start : start + count]
        sets = texts[earlier]
        shared = np.bincount(_row_numbers(sets), np.isin(sets.ids, texts[row : row + 1].ids), count)
        similarity = shared / (sizes[row] + sizes[earlier] - shared)
        similar = similarity >= threshold
        yield NearestRows(np.full(similar.sum(), row), earlier[similar], similarity[similar])
