"""Values of several columns of a table, before they become numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.features.coded_values import concatenate_values


@dataclass(frozen=True)
class TableValues:
    """The values of each column, by name: numbers, truth values, times, or objects, which are texts and None for gaps.

    They are arrays, or CodedValues where values repeat.

    `filled` says, for some columns, in which rows the value is not that of the row: the gap was filled with the value
    before it.

    >>> TableValues({"size": np.array([1.5, 2.5, 3.5])})[1:].columns["size"]
    array([2.5, 3.5])
    """

    columns: Mapping[str, Any]
    filled: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "TableValues":
        return TableValues(
            {name: values[rows] for name, values in self.columns.items()},
            {name: filled[rows] for name, filled in self.filled.items()},
        )

    def select(self, columns: Sequence[str]) -> "TableValues":
        return TableValues(
            {name: self.columns[name] for name in columns},
            {name: filled for name, filled in self.filled.items() if name in columns},
        )

    def followed_by(self, later: "TableValues") -> "TableValues":
        """The rows of both.

        >>> TableValues({"size": np.array([1, 2])}).followed_by(TableValues({"size": np.array([3])})).columns
        {'size': array([1, 2, 3])}
        """
        return TableValues(
            {name: concatenate_values(values, later.columns[name]) for name, values in self.columns.items()},
            {name: np.concatenate([filled, later.filled[name]]) for name, filled in self.filled.items()},
        )
