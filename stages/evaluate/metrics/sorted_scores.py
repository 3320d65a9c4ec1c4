"""Metrics that need the order of the scores of all rows, for rows that may not fit into memory.

The scores of the rows of a class, and those of all others, are sorted in arrays of their own. `new_array` makes these
arrays, which may be in files. Each row counts as much as its weight, or 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import NewArray, sample_blocks

Array = NDArray[Any]


@dataclass(frozen=True)
class SortedScores:
    """Ascending scores. `cumulated[n]` is the weight of the first n rows; without it, each row has the weight 1."""

    scores: Array
    cumulated: Array | None

    @property
    def total(self) -> float:
        return float(self._weight_of_first(np.array(len(self.scores))))

    def below(self, values: Array) -> Array:
        """The weight of the rows with a lower score than each value."""
        return self._weight_of_first(np.searchsorted(self.scores, values, "left"))

    def up_to(self, values: Array) -> Array:
        """The weight of the rows with a lower score than each value, or the same."""
        return self._weight_of_first(np.searchsorted(self.scores, values, "right"))

    def previous(self, values: Array) -> Array:
        """The highest score that is lower than each value; 0 where there is none."""
        positions = np.searchsorted(self.scores, values, "left")
        return np.where(positions > 0, self.scores[np.maximum(positions - 1, 0)] if len(self.scores) else 0.0, 0.0)

    def blocks(self) -> Iterator[tuple[Array, Array]]:
        """The scores and the weights of some rows at a time."""
        for block in sample_blocks(len(self.scores)):
            rows = np.arange(block.start, block.stop)
            yield self.scores[block], self._weight_of_first(rows + 1) - self._weight_of_first(rows)

    def _weight_of_first(self, rows: Array) -> Array:
        return np.asarray(rows, np.float64) if self.cumulated is None else self.cumulated[rows]


def sort_scores(chosen: NDArray[np.bool_], score: Array, weights: Array | None, new_array: NewArray) -> SortedScores:
    """The scores of the chosen rows."""
    if weights is None:
        scores = _take(chosen, score, new_array)
        scores.sort()
        return SortedScores(scores, None)
    # NumPy sorts complex numbers by the real part and then by the other one, in place.
    pairs = new_array((int(np.count_nonzero(chosen)),), np.complex128)
    pairs.real[:], pairs.imag[:] = _take(chosen, score, new_array), _take(chosen, weights, new_array)
    pairs.sort()
    scores, cumulated = new_array((len(pairs),), np.float64), new_array((len(pairs) + 1,), np.float64)
    cumulated[0] = 0.0
    for block in sample_blocks(len(pairs)):
        scores[block] = pairs.real[block]
        cumulated[block.start + 1 : block.stop + 1] = cumulated[block.start] + np.cumsum(pairs.imag[block])
    return SortedScores(scores, cumulated)


def sort_both(
    is_class: NDArray[np.bool_], score: Array, weights: Array | None, new_array: NewArray
) -> tuple[SortedScores, SortedScores]:
    """The scores of the rows of a class, and those of the other rows."""
    return sort_scores(is_class, score, weights, new_array), sort_scores(~is_class, score, weights, new_array)


def roc_auc(positives: SortedScores, negatives: SortedScores) -> float:
    """The share of pairs of a positive and a negative row that the score orders correctly; equal scores are half."""
    found = 0.0
    for scores, weights in positives.blocks():
        found += float((weights * (negatives.below(scores) + negatives.up_to(scores)) / 2).sum())
    return found / (positives.total * negatives.total)


def average_precision(positives: SortedScores, negatives: SortedScores) -> float:
    """The mean of the precision at the score of each positive row."""
    total, found = positives.total, 0.0
    for scores, weights in positives.blocks():
        true = total - positives.below(scores)
        found += float((weights * true / (true + negatives.total - negatives.below(scores))).sum())
    return found / total


def candidate_thresholds(positives: SortedScores, negatives: SortedScores) -> Iterator[tuple[Array, Array, Array]]:
    """Thresholds between two neighbouring scores, with the weights of the positive and negative rows above them."""
    for scores, _ in (*positives.blocks(), *negatives.blocks()):
        distinct = np.unique(scores)
        below = np.maximum(positives.previous(distinct), negatives.previous(distinct))
        yield (
            # In 64 bits, there is a number between any two scores of 32 bits.
            (np.asarray(below, np.float64) + distinct) / 2,
            positives.total - positives.below(distinct),
            negatives.total - negatives.below(distinct),
        )


def _take(chosen: NDArray[np.bool_], values: Array, new_array: NewArray) -> Array:
    """The values of the chosen rows, in a new array."""
    taken = new_array((int(np.count_nonzero(chosen)),), values.dtype)
    start = 0
    for block in sample_blocks(len(values)):
        of_block = values[block][chosen[block]]
        taken[start : start + len(of_block)] = of_block
        start += len(of_block)
    return taken
