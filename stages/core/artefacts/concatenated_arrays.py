"""Arrays read as if they were concatenated, without a copy of them in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ConcatenatedArrays:
    parts: Sequence[NDArray[Any]]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self), *self.parts[0].shape[1:]

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[Any]:
        """Return the rows of a slice or an array of row numbers, in that order. A slice of one part is a view.

        >>> arrays = ConcatenatedArrays([np.array([10, 11]), np.array([12, 13])])
        >>> arrays[2:], arrays[np.array([3, 0])]
        (array([12, 13]), array([13, 10]))
        """
        numbers = np.arange(len(self))[rows]
        bounds = pairwise(accumulate(map(len, self.parts), initial=0))
        taken = np.empty((len(numbers), *self.shape[1:]), np.result_type(*self.parts))
        for part, (start, stop) in zip(self.parts, bounds, strict=True):
            inside = (numbers >= start) & (numbers < stop)
            if isinstance(rows, slice) and (rows.step or 1) > 0 and len(numbers) and inside.all():
                return np.asarray(part[numbers[0] - start : numbers[-1] - start + 1 : rows.step])
            taken[inside] = part[numbers[inside] - start]
        return taken
