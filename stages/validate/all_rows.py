"""All rows of a dataset as one frame, and where each of them came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from stages.core.artefacts.raw import Table, split_sizes


@dataclass(frozen=True)
class Rows:
    """The splits one after another; a row is known by its position in `frame`."""

    frame: pd.DataFrame
    sizes: Mapping[str, int]

    def place(self, row: int) -> tuple[str, int]:
        """The split a row stands in, and its number there, from 0.

        >>> Rows(pd.DataFrame(), {"train": 3, "test": 2}).place(4)
        ('test', 1)
        """
        for split, size in self.sizes.items():
            if row < size:
                return split, row
            row -= size
        raise IndexError(row)

    def written(self, row: int) -> dict[str, Any]:
        """Its place as it stands in JSON."""
        split, number = self.place(row)
        return {"split": split, "row": number}


def table_rows(table: Table) -> Rows:
    """A split without rows is left out of the frame, because its column types mean nothing."""
    frames = list(table.frames.values())
    filled = [f for f in frames if len(f)] or frames[:1]
    return Rows(pd.concat(filled, ignore_index=True), split_sizes(table))
