"""Raw splits one after another, without laying them side by side in memory."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.row_numbers import RowNumbers, shift_rows, take_rows


@dataclass(frozen=True)
class Stacked:
    """Arrays as if they were one."""

    parts: Sequence[NDArray[Any]]

    @property
    def shape(self) -> tuple[int, ...]:
        return sum(map(len, self.parts)), *self.parts[0].shape[1:]

    def pick(self, rows: RowNumbers) -> NDArray[Any]:
        """Rows in rising order; those that follow each other in one of the arrays are a view of it.

        >>> stacked = Stacked([np.array([10, 11]), np.array([12, 13])])
        >>> stacked.pick(range(2, 4)), stacked.pick(np.array([0, 3]))
        (array([12, 13]), array([10, 13]))
        """
        bounds = pairwise(accumulate(map(len, self.parts), initial=0))
        pieces = [
            take_rows(part, shift_rows(rows[bisect_left(rows, begin) : bisect_left(rows, end)], -begin))
            for part, (begin, end) in zip(self.parts, bounds, strict=True)
        ]
        found = [piece for piece in pieces if len(piece)]
        return found[0] if len(found) == 1 else np.concatenate(found)
