"""New rows in the form of raw data, before they become the inputs of a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.pictures.picture_pixels import PictureValues

# Of a column of a table: float64 numbers with NaN for gaps, whole numbers, truth values, times, or objects, which are
# texts and None for gaps. `image` of a dataset of pictures has pixels with the axes (rows, height, width, channels).
RawValues = NDArray[Any] | PictureValues | RaggedRows


@dataclass(frozen=True)
class RawRows:
    """The values of each column that the model needs. All columns have `count` rows.

    `filled` says, for some columns, in which rows a gap was filled with the value before it.

    >>> RawRows({"size": np.array([1.5, 2.5, 3.5])}, 3)[1:].columns["size"]
    array([2.5, 3.5])
    """

    columns: Mapping[str, RawValues]
    count: int
    filled: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "RawRows":
        return RawRows(
            {name: values[rows] for name, values in self.columns.items()},
            len(np.arange(self.count)[rows]),
            {name: filled[rows] for name, filled in self.filled.items()},
        )
