"""Raw data in the canonical form that every source becomes: a table or series, images, or tokens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.table_blocks import StoredFrames, block_bounds

if TYPE_CHECKING:  # images and tokens need no pandas
    import pandas as pd

# The name of the split of data that came in one piece.
ALL = "all"


@dataclass(frozen=True)
class ColumnPictures:
    """The pictures of a column of a table, each different one once.

    `pixels` has the axes (pictures, height, width, channels). `numbers` has the position of each row's picture in it,
    by split, and NO_PICTURE where a row has none.
    """

    pixels: NDArray[np.uint8]
    numbers: Mapping[str, NDArray[np.int32]]


@dataclass(frozen=True)
class Table:
    """Rows and named columns, a data frame for each split. A series is a table whose rows are in order of time.

    No value of a `private` column is shown in a message, a result of validate or a page. A column of `pictures` holds
    paths; their pictures are beside the frames.

    A large table is read when its rows are needed: `blocks` reads one block at a time, `frames[split]` a whole split.
    """

    frames: Mapping[str, "pd.DataFrame"]
    kind: Literal["table", "series"] = "table"
    classes: Mapping[str, list[str]] = field(default_factory=dict)
    time: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    private: list[str] = field(default_factory=list)
    pictures: Mapping[str, ColumnPictures] = field(default_factory=dict)

    # The rows of a block, if they are not as many as `default_block_rows` says.
    block_rows: int | None = None

    @property
    def columns(self) -> list[str]:
        if isinstance(self.frames, StoredFrames):
            return [*self.frames.column_types]
        return [str(column) for column in next(iter(self.frames.values())).columns]

    @property
    def sizes(self) -> dict[str, int]:
        """The number of rows of each split."""
        if isinstance(self.frames, StoredFrames):
            return {name: split.rows for name, split in self.frames.splits.items()}
        return {name: len(frame) for name, frame in self.frames.items()}

    @property
    def is_large(self) -> bool:
        """Whether a split has more than one block, so that the rows may not fit into memory."""
        return any(self.block_count(split) > 1 for split in self.frames)

    def block_count(self, split: str) -> int:
        """One for a split in memory."""
        return len(self.frames.splits[split].files) if isinstance(self.frames, StoredFrames) else 1

    def block(self, split: str, number: int, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """A block of rows with these columns, or with all of them; its index begins at 0."""
        if isinstance(self.frames, StoredFrames):
            return self.frames.splits[split].read(number, columns)
        return self.frames[split] if columns is None else self.frames[split][list(columns)]

    def take(self, split: str, number: int, rows: NDArray[np.int64], columns: Sequence[str]) -> "pd.DataFrame":
        """Some rows of a block, which are counted from its first row."""
        if isinstance(self.frames, StoredFrames):
            return self.frames.splits[split].take(number, rows, columns)
        return self.frames[split][list(columns)].iloc[rows]

    def block_bounds(self, split: str) -> list[range]:
        """The rows of each block of a split, counted from the first row of the split."""
        size = self.sizes[split]
        rows = self.frames.splits[split].block_rows if isinstance(self.frames, StoredFrames) else max(1, size)
        return block_bounds(size, rows)

    def blocks(self, split: str, columns: Sequence[str] | None = None) -> "Iterator[pd.DataFrame]":
        return (self.block(split, number, columns) for number in range(self.block_count(split)))


@dataclass(frozen=True)
class Images:
    """Images as they came, one array for each split, and the class number of each image."""

    images: Mapping[str, NDArray[Any]]
    labels: Mapping[str, NDArray[Any]]
    classes: list[str]
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tokens:
    """Texts as word numbers, one after another without padding, and the class number of each text.

    Text i of a split is ids[offsets[i]:offsets[i + 1]]. `words` has a word for every id, or "" for an id without one.
    """

    ids: Mapping[str, NDArray[Any]]
    offsets: Mapping[str, NDArray[np.int64]]
    labels: Mapping[str, NDArray[Any]]
    classes: list[str]
    words: list[str] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)

    def texts(self, split: str) -> Iterator[NDArray[Any]]:
        """
        >>> offsets, labels = {"all": np.array([0, 2, 3])}, {"all": np.array([0, 0])}
        >>> tokens = Tokens({"all": np.array([1, 5, 1])}, offsets, labels, ["a"])
        >>> [text.tolist() for text in tokens.texts("all")]
        [[1, 5], [1]]
        """
        ids, offsets = self.ids[split], self.offsets[split]
        return (ids[begin:end] for begin, end in pairwise(offsets))


RawData = Table | Images | Tokens


def split_sizes(raw: RawData) -> dict[str, int]:
    """The number of rows of each split, in the order in which the splits came."""
    match raw:
        case Table():
            return raw.sizes
        case Images():
            return {name: len(images) for name, images in raw.images.items()}
        case Tokens():
            return {name: len(offsets) - 1 for name, offsets in raw.offsets.items()}
        case _:
            assert_never(raw)
