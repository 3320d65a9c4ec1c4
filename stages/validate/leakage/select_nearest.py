"""The most similar earlier row of each row that has one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.validate.leakage.candidate_rows import Integers

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NearestRows:
    """Row `rows[i]` is similar to the earlier row `nearest[i]`; a similarity of 1 means equal."""

    rows: Integers
    nearest: Integers
    similarity: Floats


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
