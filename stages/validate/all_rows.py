"""All rows of a dataset in one frame, and the split that each row belongs to.

Images and texts have a row of statistics each, so that they can be checked without a column for each pixel or word.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw_data import NO_PICTURE, Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.records.validation import RowReference
from stages.core.errors import UserError
from stages.validate.row_statistics import image_statistics, text_statistics

LABEL = "label"


@dataclass(frozen=True)
class AllRows:
    """The rows of all splits, one split after another, the number of rows of each split, and the private columns."""

    frame: pd.DataFrame
    split_sizes: Mapping[str, int]
    private: frozenset[str] = frozenset()

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
            # Empty splits are left out, because their column types would change the types of all rows.
            frames = list(raw.frames.values())
            frame = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
        case Images():
            frame = _add_labels(image_statistics(raw), raw, "images")
        case Tokens():
            frame = _add_labels(text_statistics(raw), raw, "texts")
    return AllRows(frame, split_sizes(raw), frozenset(raw.private) if isinstance(raw, Table) else frozenset())


def rows_with_picture_numbers(raw: Table, rows: AllRows) -> pd.DataFrame:
    """The rows with a name for each different picture in place of its path: files with equal pictures are the same."""
    frame = rows.frame
    for column, pictures in raw.pictures.items():
        numbers = np.concatenate([pictures.numbers[split] for split in rows.split_sizes])
        names = [None if number == NO_PICTURE else f"picture {number}" for number in numbers.tolist()]
        frame = frame.assign(**{column: pd.Series(names, dtype=object)})
    return frame


def describe_row(row: RowReference) -> str:
    """
    >>> describe_row(RowReference(split="test", row=1))
    'row 1 of test'
    """
    return f"row {row.row} of {row.split}"


def _add_labels(statistics: pd.DataFrame, raw: Images | Tokens, content: str) -> pd.DataFrame:
    for split, size in split_sizes(raw).items():
        labels = len(raw.labels[split])
        if labels != size:
            raise UserError(f"split {split} has {size} {content} and {labels} labels; it needs one label for each")
    statistics.insert(0, LABEL, np.concatenate([np.asarray(raw.labels[split]) for split in split_sizes(raw)]))
    return statistics
