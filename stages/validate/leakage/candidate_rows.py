"""Which rows are compared with which earlier rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """Rows that may be near duplicates. Row `rows[i]` is compared with all rows before `limits[i]`."""

    rows: Integers
    limits: Integers

    def __len__(self) -> int:
        return len(self.rows)

    def every(self, step: int) -> "Candidates":
        return Candidates(self.rows[::step], self.limits[::step])


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
