"""All rows of a dataset in one frame, and the split that each row belongs to.

Images and texts have a row of statistics each, so that they can be checked without a column for each pixel or word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw_data import Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.records.validation import RowReference
from stages.core.errors import UserError

LABEL = "label"
IMAGE_STATISTICS = ["min", "max", "mean", "std"]
TEXT_STATISTICS = ["length", "smallest", "largest", "distinct"]
PIXELS_PER_BLOCK = 1 << 22


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
            # Empty splits are left out, because their column types would change the types of all rows.
            frames = list(raw.frames.values())
            frame = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
        case Images():
            statistics = np.concatenate([pixel_statistics(part) for part in raw.images.values()])
            frame = _add_labels(pd.DataFrame(statistics, columns=IMAGE_STATISTICS), raw, "images")
        case Tokens():
            frame = _add_labels(_text_statistics(raw), raw, "texts")
    return AllRows(frame, split_sizes(raw))


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


def pixel_statistics(images: NDArray[Any]) -> NDArray[np.float64]:
    """Minimum, maximum, mean and standard deviation of each image.

    Computed in blocks, because the pixels are converted to float64.

    >>> pixel_statistics(np.array([[[0, 2], [4, 6]]], np.uint8)).round(3).tolist()
    [[0.0, 6.0, 3.0, 2.236]]
    """
    statistics = np.empty((len(images), len(IMAGE_STATISTICS)))
    pixels_per_image = int(np.prod(images.shape[1:]))
    images_per_block = max(1, PIXELS_PER_BLOCK // pixels_per_image)
    for start in range(0, len(images), images_per_block):
        block = slice(start, start + images_per_block)
        pixels = np.asarray(images[block], np.float64).reshape(-1, pixels_per_image)
        columns = (pixels.min(axis=1), pixels.max(axis=1), pixels.mean(axis=1), pixels.std(axis=1))
        statistics[block] = np.stack(columns, axis=1)
    return statistics


def _text_statistics(tokens: Tokens) -> pd.DataFrame:
    for split, ids in tokens.ids.items():
        offsets = tokens.offsets[split]
        if offsets[0] != 0 or offsets[-1] != len(ids) or np.any(np.diff(offsets) < 0):
            raise UserError(f"split {split}: the offsets of the texts do not match the {len(ids)} ids")
    statistics = [id_statistics(text) for split in tokens.ids for text in tokens.texts(split)]
    return pd.DataFrame(np.array(statistics, np.float64).reshape(-1, len(TEXT_STATISTICS)), columns=TEXT_STATISTICS)


def id_statistics(text: NDArray[np.generic]) -> tuple[float, float, float, float]:
    """The number of words, the smallest and the largest id, and the number of distinct ids.

    An empty text has no smallest and no largest id.

    >>> id_statistics(np.array([1, 9, 4, 9])), id_statistics(np.array([]))
    ((4.0, 1.0, 9.0, 3.0), (0.0, nan, nan, 0.0))
    """
    if not len(text):
        return 0.0, np.nan, np.nan, 0.0
    distinct = np.unique(np.asarray(text))
    return float(len(text)), float(distinct[0]), float(distinct[-1]), float(len(distinct))
