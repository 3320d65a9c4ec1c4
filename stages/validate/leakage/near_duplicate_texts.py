"""Texts that are nearly the same: a word changed, a line added, sent again with a correction.

Two texts are alike by the share of their runs of three words that both have (Jaccard). Of two sets that share so much,
the rarest few members of each, by one order for all, have one in common: only texts that meet there are compared, and
none that is near enough is missed. Nothing is drawn, so there is no seed. Single words would take two dividend notices
for one text; runs do not.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.ragged_rows import RaggedRows, concatenate_ragged, offsets_from_lengths
from stages.validate.leakage.nearest_rows import Numbers, Sought, Twins, nearest

RUN = 3
# Words looked at a time.
WORDS = 1 << 20
# How rare a run is, is counted by the first bits of its mark.
RARITY_BITS = 22
# Rows that share a rare run, with all their repetitions; some ten seconds of one core.
MEETINGS = 500_000

Marks = NDArray[np.uint64]


def near_texts(parts: Sequence[RaggedRows], sought: Sought, least: float) -> tuple[Twins, Sought]:
    """Those that are alike by `least` or more, and the rows that were looked at."""
    texts = run_sets(concatenate_ragged([RaggedRows(np.asarray(part.ids), part.offsets) for part in parts]))
    rarest = _rarest(texts, least)
    keys = np.sort(_keys(rarest.ids, _numbers(rarest)))
    looked = sought.thinned(_meetings(rarest, keys, sought)[2], MEETINGS)
    rows, others = _met(rarest, keys, looked)
    return nearest(list(_confirmed(texts, rows, others, least))), looked


def run_sets(texts: RaggedRows) -> RaggedRows:
    """Each text's different runs of words as 32-bit marks, the rarest first; of a shorter text, itself."""
    blocks = [_marks(texts[rows]) for rows in _blocks(texts.offsets)]
    sets = concatenate_ragged(blocks) if blocks else texts
    rarity = np.bincount(_bucket(sets.ids), minlength=1 << RARITY_BITS).astype(np.int32)
    for begin, end in ((b.start, b.stop) for b in _blocks(sets.offsets)):
        place = slice(*sets.offsets[[begin, end]])
        marks = sets.ids[place]
        order = np.lexsort((marks, rarity[_bucket(marks)], _numbers(sets[begin:end])))
        sets.ids[place] = marks[order]
    return sets


def _blocks(offsets: Numbers) -> Iterator[slice]:
    inside = np.searchsorted(offsets, np.arange(0, offsets[-1], WORDS))
    cuts = np.unique(np.append(inside, len(offsets) - 1))
    return (slice(begin, end) for begin, end in pairwise(cuts.tolist()))


def _marks(texts: RaggedRows) -> RaggedRows:
    numbers, lengths = _numbers(texts), np.diff(texts.offsets)
    left = np.repeat(texts.offsets[1:], lengths) - np.arange(len(texts.ids))
    marks = np.zeros(len(texts.ids), np.uint64)
    for ahead in range(RUN):
        words = np.zeros(len(marks), np.uint64)
        words[: len(words) - ahead] = texts.ids[ahead:].astype(np.uint64) + np.uint64(1)
        marks = _mixed(marks + np.where(left > ahead, words, np.uint64(0)))
    starts = (left >= RUN) | (left == np.repeat(lengths, lengths))
    found = np.unique(_keys(numbers[starts], marks[starts] >> np.uint64(32)))
    sizes = np.bincount((found >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    return RaggedRows(found.astype(np.uint32), offsets_from_lengths(sizes))


def _mixed(marks: Marks) -> Marks:
    """Neighbouring numbers get far apart (splitmix64's last steps, modulo 2^64)."""
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return marks ^ (marks >> np.uint64(31))


def _bucket(marks: NDArray[np.uint32]) -> NDArray[Any]:
    return marks >> np.uint32(32 - RARITY_BITS)


def _numbers(texts: RaggedRows) -> Numbers:
    """Of each entry, which text it is in."""
    return np.repeat(np.arange(len(texts)), np.diff(texts.offsets))


def _keys(high: NDArray[Any], low: NDArray[Any]) -> Marks:
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def _rarest(texts: RaggedRows, least: float) -> RaggedRows:
    """As many of each text's runs as cannot all be missing from one that shares so much; none that nobody else has."""
    sizes = np.diff(texts.offsets)
    needed = sizes - np.ceil(sizes * least - 1e-9).astype(np.int64) + 1
    place = np.arange(len(texts.ids)) - np.repeat(texts.offsets[:-1], sizes)
    often = np.bincount(_bucket(texts.ids), minlength=1 << RARITY_BITS) > 1
    kept = (place < np.repeat(needed, sizes)) & often[_bucket(texts.ids)]
    return RaggedRows(texts.ids[kept], offsets_from_lengths(np.bincount(_numbers(texts)[kept], minlength=len(texts))))


def _meetings(rarest: RaggedRows, keys: Marks, sought: Sought) -> tuple[Numbers, Numbers, Numbers]:
    """For each entry of the rows sought, where the texts before the limit begin that have it; how many a row has."""
    chosen = rarest[sought.rows]
    sizes = np.diff(chosen.offsets)
    begins = np.searchsorted(keys, _keys(chosen.ids, np.zeros(1)))
    ends = np.searchsorted(keys, _keys(chosen.ids, np.repeat(sought.limits, sizes)))
    many = ends - begins
    return begins, many, np.bincount(_numbers(chosen), many, len(chosen)).astype(np.int64)


def _met(rarest: RaggedRows, keys: Marks, looked: Sought) -> tuple[Numbers, Numbers]:
    """Pairs of texts that meet, once each."""
    begins, many, of_row = _meetings(rarest, keys, looked)
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    others = keys[np.repeat(begins, many) + within] & np.uint64(0xFFFFFFFF)
    pairs = np.unique(_keys(np.repeat(looked.rows, of_row), others)).astype(np.int64)
    return pairs >> 32, pairs & 0xFFFFFFFF


def _confirmed(texts: RaggedRows, rows: Numbers, others: Numbers, least: float) -> Iterator[Twins]:
    sizes = np.diff(texts.offsets)
    for row, begin, many in zip(*np.unique(rows, return_index=True, return_counts=True), strict=True):
        found = others[begin : begin + many]
        there = texts[found]
        shared = np.bincount(_numbers(there), np.isin(there.ids, texts[row : row + 1].ids), many)
        likeness = shared / (sizes[row] + sizes[found] - shared)
        near = likeness >= least
        yield Twins(np.full(near.sum(), row), found[near], likeness[near])
