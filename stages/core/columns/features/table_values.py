"""Values of several columns of a table, before they become numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TableValues:
    """An array for each column, by name: numbers, truth values, times, or objects, which are texts and None for gaps.

    >>> TableValues({"size": np.array([1.5, 2.5, 3.5])})[1:].columns["size"]
    array([2.5, 3.5])
    """

    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "TableValues":
        return TableValues({name: values[rows] for name, values in self.columns.items()})
