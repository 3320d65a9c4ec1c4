"""Rows of which several may have the same value, such as a picture, that is held once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.concatenated_arrays import Concatenate


@dataclass(frozen=True)
class SharedRows:
    """Row r is values[numbers[r]].

    >>> SharedRows(np.array([5, 7]), np.array([1, 0, 1]))[1:].to_array()
    array([5, 7])
    """

    values: NDArray[Any]
    numbers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def nbytes(self) -> int:
        return self.values.nbytes + self.numbers.nbytes

    def __getitem__(self, rows: slice | NDArray[np.integer[Any]]) -> "SharedRows":
        return SharedRows(self.values, self.numbers[rows])

    def to_array(self) -> NDArray[Any]:
        array: NDArray[Any] = self.values[self.numbers]
        return array


def concatenate_shared(parts: list[SharedRows], concatenate: Concatenate = np.concatenate) -> SharedRows:
    """
    >>> first, second = SharedRows(np.array([5]), np.array([0])), SharedRows(np.array([7]), np.array([0]))
    >>> concatenate_shared([first, second]).to_array()
    array([5, 7])
    """
    starts = np.cumsum([0, *(len(part.values) for part in parts)])
    numbers = [part.numbers + start for part, start in zip(parts, starts, strict=False)]
    return SharedRows(concatenate([part.values for part in parts]), np.concatenate(numbers).astype(np.int32))
