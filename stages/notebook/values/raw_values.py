"""Raw data: a data frame of a table or series that is not large, arrays of images or texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import ColumnPictures, Images, RawData, Table, Tokens, split_sizes
from stages.core.pictures.no_picture import NO_PICTURE
from stages.notebook.values.raw_table import SPLIT, RawTable
from stages.preprocess.inputs.read_columns import all_rows
from stages.report.samples.locate_row import locate_row

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class RawImages:
    """Images and class numbers by split, as the source has them. The methods take the number of a raw row."""

    images: Mapping[str, NDArray[Any]]
    labels: Mapping[str, NDArray[Any]]
    classes: list[str]
    _raw: Images

    def image(self, row: int) -> NDArray[Any]:
        """The pixels of a raw row, with the axes height, width and channels; without channels for grey images."""
        split, index = _locate(self._raw, row)
        pixels: NDArray[Any] = self.images[split][index]
        return pixels

    def label(self, row: int) -> str:
        """The name of the class of a raw row."""
        return _class_name(self._raw, row)

    def __repr__(self) -> str:
        return _describe("images", self._raw)


@dataclass(frozen=True, repr=False)
class RawTexts:
    """Texts as word numbers, and class numbers, by split. The methods take the number of a raw row.

    Text i of a split is ids[split][offsets[split][i]:offsets[split][i + 1]]. `words` has the word of each number; None
    if the source has no words.
    """

    ids: Mapping[str, NDArray[Any]]
    offsets: Mapping[str, NDArray[np.int64]]
    labels: Mapping[str, NDArray[Any]]
    classes: list[str]
    words: list[str] | None
    _raw: Tokens

    def word_numbers(self, row: int) -> NDArray[Any]:
        """The word numbers of a raw row."""
        split, index = _locate(self._raw, row)
        begin, end = self.offsets[split][index : index + 2]
        return self.ids[split][begin:end]

    def text(self, row: int) -> str:
        """The words of a raw row, with a number in place of each that has no word."""
        words = self.words or []
        numbers = self.word_numbers(row).tolist()
        return " ".join((words[number] if number < len(words) else "") or str(number) for number in numbers)

    def label(self, row: int) -> str:
        """The name of the class of a raw row."""
        return _class_name(self._raw, row)

    def __repr__(self) -> str:
        return _describe("texts", self._raw)


@dataclass(frozen=True, repr=False)
class RawPictures:
    """The pictures of a column of a table, each different one once in `pixels`."""

    pixels: NDArray[np.uint8]
    _numbers: NDArray[np.int32]

    def image(self, row: int) -> NDArray[np.uint8] | None:
        """The pixels of a raw row; None if it has no picture."""
        number = self._numbers[row]
        return None if number == NO_PICTURE else self.pixels[number]

    def __repr__(self) -> str:
        return f"<{len(self.pixels):,} pictures of {len(self._numbers):,} rows>"


def raw_values(raw: RawData) -> "pd.DataFrame | RawTable | RawImages | RawTexts":
    match raw:
        case Table():
            return RawTable(raw) if raw.is_large else raw_frame(raw)
        case Images():
            return RawImages(raw.images, raw.labels, raw.classes, raw)
        case Tokens():
            return RawTexts(raw.ids, raw.offsets, raw.labels, raw.classes, raw.words, raw)
        case _:
            assert_never(raw)


def raw_frame(table: Table) -> "pd.DataFrame":
    """All rows, one split after another. The index is the number of the raw row.

    The first column has the split of the source; its name is `source_split` if the data have a column `split`.
    """
    import pandas as pd

    frame = all_rows(table).reset_index(drop=True).rename_axis("row")
    sizes = split_sizes(table)
    numbers = np.repeat(np.arange(len(sizes)), list(sizes.values()))
    name = SPLIT
    while name in frame.columns:
        name = f"source_{name}"
    frame.insert(0, name, pd.Categorical.from_codes(numbers, list(sizes)))
    return frame


def raw_pictures(raw: RawData) -> dict[str, RawPictures]:
    """The pictures of each column that has some."""
    return {name: _of_all_rows(pictures) for name, pictures in raw.pictures.items()} if isinstance(raw, Table) else {}


def _of_all_rows(pictures: ColumnPictures) -> RawPictures:
    return RawPictures(pictures.pixels, np.concatenate(list(pictures.numbers.values())))


def _locate(raw: RawData, row: int) -> tuple[str, int]:
    if row < 0:
        raise IndexError("raw rows are counted from 0")
    return locate_row(raw, int(row))


def _class_name(raw: Images | Tokens, row: int) -> str:
    split, index = _locate(raw, row)
    return raw.classes[int(raw.labels[split][index])]


def _describe(kind: str, raw: Images | Tokens) -> str:
    sizes = ", ".join(f"{split} {size:,}" for split, size in split_sizes(raw).items())
    return f"<{kind} of {len(raw.classes)} classes: {sizes}>"
