"""All rows of a dataset in one frame, and the split that each row belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.records.validation import RowReference
from stages.core.errors import UserError
from stages.validate.image_statistics import image_statistics
from stages.validate.text_statistics import text_statistics

LABEL = "label"


@dataclass(frozen=True)
class AllRows:
    """The rows of all splits, one split after another, and the number of rows of each split."""

    frame: pd.DataFrame
    split_sizes: Mapping[str, int]

    def reference(self, position: int) -> RowReference:
        """
        >>> AllRows(pd.DataFrame(), {"train": 3, "test": 2}).reference(4)
        RowReference(split='test', row=1)
        """
        row = position
        for split, size in self.split_sizes.items():
            if row < size:
                return RowReference(split=split, row=row)
            row -= size
        raise IndexError(position)

    @property
    def split_numbers(self) -> NDArray[np.int64]:
        """
        >>> AllRows(pd.DataFrame(), {"train": 3, "test": 2}).split_numbers.tolist()
        [0, 0, 0, 1, 1]
        """
        return np.repeat(np.arange(len(self.split_sizes)), list(self.split_sizes.values()))


def all_rows(raw: RawData) -> AllRows:
    """The rows of a table; for images and texts, their labels and statistics, one row for each."""
    match raw:
        case Table():
            frame = _concatenate_splits(raw)
        case Images():
            frame = _add_labels(image_statistics(raw), raw, "images")
        case Tokens():
            frame = _add_labels(text_statistics(raw), raw, "texts")
        case _:
            assert_never(raw)
    return AllRows(frame, split_sizes(raw))


def describe_row(row: RowReference) -> str:
    """
    >>> describe_row(RowReference(split="test", row=1))
    'row 1 of test'
    """
    return f"row {row.row} of {row.split}"


def _concatenate_splits(table: Table) -> pd.DataFrame:
    """Empty splits are left out, because their column types would change the types of all rows."""
    frames = list(table.frames.values())
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def _add_labels(statistics: pd.DataFrame, raw: Images | Tokens, content: str) -> pd.DataFrame:
    for split, size in split_sizes(raw).items():
        labels = len(raw.labels[split])
        if labels != size:
            raise UserError(f"split {split} has {size} {content} and {labels} labels; it needs one label for each")
    statistics.insert(0, LABEL, np.concatenate([np.asarray(raw.labels[split]) for split in split_sizes(raw)]))
    return statistics
