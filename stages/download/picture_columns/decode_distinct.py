"""Decode pictures and keep each different one once."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stages.core.pictures.decode_picture import decode_picture
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.pictures.picture_error import PictureError
from stages.download.formats.pictures.folder_or_archive import PictureFiles
from stages.download.params.file_params import Limits
from stages.download.picture_columns.picture_problems import Row, RowProblems
from stages.download.read_picture_files import check_decoded_size

ADVICE = "repair these files, or leave their paths empty; an empty path is a gap"


def decode_distinct(
    files: PictureFiles,
    rows: Mapping[str, Sequence[Row]],
    params: PictureDecoding,
    limits: Limits,
    problems: RowProblems,
) -> tuple[NDArray[np.uint8], dict[str, int]]:
    """Return the different pictures in the order of the first of their paths, and the number of each path's picture.

    Files whose pixels are equal have the same picture. Raises UserError with all rows whose file cannot be decoded.
    """
    shape = (len(rows), *params.shape)
    check_decoded_size(shape, limits)
    pixels = np.empty(shape, np.uint8)
    positions = {path: position for position, path in enumerate(rows)}
    for path, content in files.read(rows.keys()):
        try:
            pixels[positions[path]] = decode_picture(content, params)
        except PictureError as error:
            for row in rows[path]:
                problems.add(error.problem, row, path, error.detail)
    problems.raise_if_any(ADVICE)
    first, numbers_of_positions = first_of_equal(pixels)
    distinct = pixels if len(first) == len(pixels) else pixels[first]
    return distinct, {path: numbers_of_positions[position] for path, position in positions.items()}


def first_of_equal(pixels: NDArray[np.uint8]) -> tuple[list[int], list[int]]:
    """Return the positions of the different pictures, and for each picture which of these it is.

    >>> first_of_equal(np.array([[7], [5], [7]], np.uint8))
    ([0, 1], [0, 1, 0])
    """
    first: list[int] = []
    number_of: dict[bytes, int] = {}
    numbers = []
    for position, picture in enumerate(pixels):
        number = number_of.setdefault(hashlib.sha256(picture.tobytes()).digest(), len(first))
        if number == len(first):
            first.append(position)
        numbers.append(number)
    return first, numbers
