"""All rows of a dataset, and the split that each row belongs to.

Images and texts have a row of statistics each, so that they can be checked without a column for each pixel or word.
The rows are one block of a frame in memory or, of a large table, many blocks that are read when they are needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.records.validation import RowReference
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.errors import UserError
from stages.core.pictures.no_picture import NO_PICTURE
from stages.validate.row_statistics import image_statistics, text_statistics

LABEL = "label"


class RowBlock(Protocol):
    """Consecutive rows. Their index has their positions among all rows."""

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...


@dataclass(frozen=True)
class FrameBlock:
    frame: pd.DataFrame

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return self.frame if columns is None else self.frame[list(columns)]


class Rows(Protocol):
    """The rows of all splits, one split after another, the number of rows of each split, and the private columns."""

    @property
    def split_sizes(self) -> Mapping[str, int]: ...

    @property
    def private(self) -> frozenset[str]: ...

    @property
    def columns(self) -> Sequence[Any]: ...

    @property
    def blocks(self) -> Sequence[RowBlock]: ...

    def take(self, positions: Sequence[int], columns: Sequence[Any]) -> pd.DataFrame:
        """The rows at these positions, in this order."""
        ...


@dataclass(frozen=True)
class AllRows:
    """Rows in memory."""

    frame: pd.DataFrame
    split_sizes: Mapping[str, int]
    private: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[Any]:
        return list(self.frame.columns)

    @property
    def blocks(self) -> list[FrameBlock]:
        return [FrameBlock(self.frame)]

    def take(self, positions: Sequence[int], columns: Sequence[Any]) -> pd.DataFrame:
        return self.frame[list(columns)].iloc[list(positions)]


def read_blocks(rows: Rows, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    return map_blocks(partial(read_block, columns=columns), rows.blocks)


def read_block(block: RowBlock, columns: Sequence[str] | None) -> pd.DataFrame:
    return block.read(columns)


def row_count(rows: Rows) -> int:
    return sum(rows.split_sizes.values())


def row_reference(rows: Rows, position: int) -> RowReference:
    """
    >>> row_reference(AllRows(pd.DataFrame(), {"train": 3, "test": 2}), 4)
    RowReference(split='test', row=1)
    """
    row = position
    for split, size in rows.split_sizes.items():
        if row < size:
            return RowReference(split=split, row=row)
        row -= size
    raise IndexError(position)


def split_numbers(rows: Rows, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of the split of each position.

    >>> split_numbers(AllRows(pd.DataFrame(), {"train": 3, "empty": 0, "test": 2}), np.arange(5)).tolist()
    [0, 0, 0, 2, 2]
    """
    ends = np.cumsum(list(rows.split_sizes.values()))
    return np.searchsorted(ends, positions, side="right")


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


def rows_with_picture_numbers(raw: Table, rows: Rows, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a name for each different picture in place of its path: files with equal pictures are the same."""
    for column, pictures in raw.pictures.items():
        numbers = _numbers_of_block(pictures.numbers, rows, frame)
        names = [None if number == NO_PICTURE else f"picture {number}" for number in numbers.tolist()]
        frame = frame.assign(**{column: pd.Series(names, index=frame.index, dtype=object)})
    return frame


def _numbers_of_block(numbers: Mapping[str, NDArray[np.int32]], rows: Rows, frame: pd.DataFrame) -> NDArray[np.int32]:
    if not len(frame):
        return np.empty(0, np.int32)
    first, end = int(frame.index[0]), int(frame.index[-1]) + 1
    parts, start = [], 0
    for split, size in rows.split_sizes.items():
        parts.append(numbers[split][max(0, first - start) : max(0, end - start)])
        start += size
    return np.concatenate(parts)


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
