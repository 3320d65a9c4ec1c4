"""Which rows are compared with which earlier rows, and the most similar earlier row of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """Rows that may be near duplicates. Row `rows[i]` is compared with all rows before `limits[i]`."""

    rows: Integers
    limits: Integers

    def __len__(self) -> int:
        return len(self.rows)

    def every(self, step: int) -> "Candidates":
        return Candidates(self.rows[::step], self.limits[::step])


@dataclass(frozen=True)
class NearestRows:
    """Row `rows[i]` is similar to the earlier row `nearest[i]`; a similarity of 1 means equal."""

    rows: Integers
    nearest: Integers
    similarity: Floats


def find_candidates(original: Integers, split_numbers: Integers) -> Candidates:
    """Rows to compare with the rows of earlier splits or, if there is one split, with the rows above them.

    Rows that are equal to one of those, by their `original`, are left out, since they are counted as duplicates.

    >>> found = find_candidates(original=np.array([0, 1, 1, 3]), split_numbers=np.array([0, 0, 1, 1]))
    >>> found.rows.tolist(), found.limits.tolist()
    ([3], [2])
    """
    rows = np.arange(len(original))
    split_starts = np.searchsorted(split_numbers, split_numbers)
    limits = split_starts if split_starts.any() else rows
    compared = (limits > 0) & (original >= limits)
    return Candidates(rows[compared], limits[compared])


def sampling_step(costs: NDArray[Any], budget: int) -> int:
    """The smallest step for which every step-th candidate, with these costs, stays within the budget.

    >>> sampling_step(np.array([5, 5, 5, 5]), budget=10)
    2
    """
    step = max(1, -(-int(costs.sum()) // budget))
    while costs[::step].sum() > budget and step < len(costs):
        step += 1
    return step


def join_ranges(starts: Integers, counts: Integers) -> Integers:
    """The numbers of all ranges, one range after another.

    >>> join_ranges(np.array([7, 3]), np.array([2, 3])).tolist()
    [7, 8, 3, 4, 5]
    """
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - starts, counts)


def select_nearest(found: Sequence[NearestRows]) -> NearestRows:
    """One entry for each row: the most similar earlier row, and of equally similar ones the first.

    >>> three = NearestRows(np.array([7, 7, 7]), np.array([2, 1, 0]), np.array([0.9, 0.9, 0.8]))
    >>> select_nearest([three])
    NearestRows(rows=array([7]), nearest=array([1]), similarity=array([0.9]))
    """
    rows = np.concatenate([np.empty(0, np.int64), *(part.rows for part in found)])
    nearest = np.concatenate([np.empty(0, np.int64), *(part.nearest for part in found)])
    similarity = np.concatenate([np.empty(0), *(part.similarity for part in found)])
    order = np.lexsort((nearest, -similarity, rows))
    order = order[np.unique(rows[order], return_index=True)[1]]
    return NearestRows(rows[order], nearest[order], similarity[order])
