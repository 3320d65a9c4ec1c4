"""The columns of pictures of a table, each an array of its own."""

from collections.abc import Mapping

import numpy as np

from stages.core.artefacts.raw.raw_data import Table
from stages.core.columns.pictures.picture_pixels import PicturePixels, PictureValues
from stages.core.errors import ErrorList
from stages.preprocess.inputs.raw_columns import RawColumn


def picture_values(table: Table) -> dict[str, PictureValues]:
    """The pictures of each column that has them, for the rows of all splits."""
    return {
        column: PictureValues(pictures.pixels, np.concatenate([pictures.numbers[split] for split in table.frames]))
        for column, pictures in table.pictures.items()
    }


def read_picture_inputs(
    pictures: Mapping[str, PicturePixels], values: Mapping[str, PictureValues]
) -> dict[str, RawColumn]:
    """Return the column of each array of pictures, checked."""
    errors, arrays = ErrorList(), {}
    for name, picture in pictures.items():
        with errors.collect():
            picture.check(values[picture.column])
            arrays[name] = RawColumn(picture, values[picture.column])
    errors.raise_if_any()
    return arrays
