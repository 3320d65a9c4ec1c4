"""The column of a dataset of pictures, as new rows need it."""

import numpy as np

from stages.core.artefacts.raw.raw_files import ImagesMeta
from stages.core.pictures.picture_decoding import MAX_SIDE, PictureDecoding
from stages.inference.input_schema import InputColumn

COLOURS = {1: "grey", 3: "rgb"}


def image_column(name: str, meta: ImagesMeta, decoding: PictureDecoding | None) -> InputColumn:
    """`decoding` is that of the source; None if the dataset came as arrays."""
    shape = meta.shape if len(meta.shape) == 3 else [*meta.shape, 1]
    return InputColumn(
        name=name,
        type="picture",
        shape=shape,
        pixel_type=meta.type,
        decoding=decoding or decoding_of_arrays(shape, meta.type),
    )


def decoding_of_arrays(shape: list[int], pixel_type: str) -> PictureDecoding | None:
    """A file gets the size and the colours of the arrays, with the defaults of files of pictures for the rest.

    None if no file has such pixels.

    >>> decoding_of_arrays([28, 28, 1], "uint8").colour, decoding_of_arrays([8, 8, 1], "float64")
    ('grey', None)
    """
    height, width, channels = shape
    if np.dtype(pixel_type) != np.uint8 or channels not in COLOURS or max(height, width) > MAX_SIDE:
        return None
    return PictureDecoding.model_validate({"size": [height, width], "colour": COLOURS[channels]})
