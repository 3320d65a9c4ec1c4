"""Rows of the raw data of a table, in the form of new rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.raw.raw_data import ColumnPictures, Table
from stages.core.artefacts.raw.table_rows import read_rows
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.new_rows.raw_rows import RawValues


def table_values(table: Table, columns: Sequence[str], rows: NDArray[np.int64]) -> Mapping[str, RawValues]:
    """`rows` are numbers through all splits. Only the blocks that have one of them are read."""
    frame = read_rows(table, rows, [name for name in columns if name not in table.pictures])
    return {
        name: _pictures_of_rows(table, table.pictures[name], rows)
        if name in table.pictures
        else column_values(frame[name])
        for name in columns
    }


def _pictures_of_rows(table: Table, pictures: ColumnPictures, rows: NDArray[np.int64]) -> PictureValues:
    """With the pictures that these rows have, and no others."""
    numbers, start = np.empty(len(rows), np.int32), 0
    for split, size in table.sizes.items():
        inside = (rows >= start) & (rows < start + size)
        numbers[inside] = pictures.numbers[split][rows[inside] - start]
        start += size
    used, positions = np.unique(numbers, return_inverse=True)
    missing = int((used < 0).sum())
    return PictureValues(np.asarray(pictures.pixels[used[missing:]]), (positions - missing).astype(np.int32))
