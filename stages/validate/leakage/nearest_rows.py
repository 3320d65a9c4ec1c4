"""Which rows are held against which, and the nearest that was found for each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.validate.leakage.duplicates import Groups

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Sought:
    """Each of `rows` is held against all rows before its limit."""

    rows: Numbers
    limits: Numbers

    def __len__(self) -> int:
        return len(self.rows)

    def thinned(self, costs: NDArray[Any], budget: int) -> "Sought":
        """All of them, or every n-th where all would cost more than the budget.

        >>> Sought(np.arange(4), np.arange(4)).thinned(np.array([5, 5, 5, 5]), budget=10).rows.tolist()
        [0, 2]
        """
        step = max(1, -(-int(costs.sum()) // budget))
        while costs[::step].sum() > budget and step < len(self):
            step += 1
        return Sought(self.rows[::step], self.limits[::step])


@dataclass(frozen=True)
class Twins:
    """Rows, and beside each one the row that it is nearly the same as; 1 is the same."""

    rows: Numbers
    others: Numbers
    likeness: NDArray[np.float64]


NONE = Twins(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def sought(groups: Groups, split: Groups) -> Sought:
    """Rows of earlier splits are looked through, or of a single split the rows above; what has the same is left out.

    >>> found = sought(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]))
    >>> found.rows.tolist(), found.limits.tolist()
    ([3], [2])
    """
    rows = np.arange(len(groups))
    begins = np.searchsorted(split, split)
    limits = begins if begins.any() else rows
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    wanted = (limits > 0) & (first[group] >= limits)
    return Sought(rows[wanted], limits[wanted])


def nearest(found: list[Twins]) -> Twins:
    """One for each row: the likest, and of several the first.

    >>> both = Twins(np.array([7, 7, 7]), np.array([2, 1, 0]), np.array([0.9, 0.9, 0.8]))
    >>> nearest([NONE, both])
    Twins(rows=array([7]), others=array([1]), likeness=array([0.9]))
    """
    if not found:
        return NONE
    rows, others = (np.concatenate([getattr(t, name) for t in found]) for name in ("rows", "others"))
    likeness = np.concatenate([t.likeness for t in found])
    order = np.lexsort((others, -likeness, rows))
    order = order[np.unique(rows[order], return_index=True)[1]]
    return Twins(rows[order], others[order], likeness[order])
