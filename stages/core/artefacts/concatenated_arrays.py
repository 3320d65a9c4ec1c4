"""Arrays read as if they were concatenated, without a copy of them in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Concatenate = Callable[[Sequence[NDArray[Any]]], NDArray[Any]]


@dataclass(frozen=True)
class ConcatenatedArrays:
    parts: Sequence[NDArray[Any]]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self), *self.parts[0].shape[1:]

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for part in self.parts)

    def __getitem__(self, rows: slice | NDArray[np.integer[Any]]) -> NDArray[Any]:
        """Return the rows of a slice or an array of row numbers, in that order. A slice of one part is a view.

        >>> arrays = ConcatenatedArrays([np.array([10, 11]), np.array([12, 13])])
        >>> arrays[2:], arrays[np.array([3, 0])]
        (array([12, 13]), array([13, 10]))
        """
        numbers = np.arange(len(self))[rows] if isinstance(rows, slice) else rows
        bounds = pairwise(accumulate(map(len, self.parts), initial=0))
        taken = np.empty((len(numbers), *self.shape[1:]), np.result_type(*self.parts))
        for part, (start, stop) in zip(self.parts, bounds, strict=True):
            inside = (numbers >= start) & (numbers < stop)
            if isinstance(rows, slice) and (rows.step or 1) > 0 and len(numbers) and inside.all():
                return np.asarray(part[numbers[0] - start : numbers[-1] - start + 1 : rows.step])
            taken[inside] = part[numbers[inside] - start]
        return taken


def read_as_one(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """As np.concatenate, for code that only takes rows of the result, its length and its shape."""
    return cast("NDArray[Any]", ConcatenatedArrays(parts))
