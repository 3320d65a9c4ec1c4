"""Pictures that are values of a column: of a table, or of JSON objects."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw_data import NO_PICTURE
from stages.core.columns.picture_pixels import PictureValues
from stages.core.errors import UserError
from stages.core.pictures.picture_error import PictureError
from stages.core.pictures.relative_path import relative_path
from stages.core.validation_errors import format_value
from stages.inference.input_schema import InputColumn
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.pictures.decode_new_picture import (
    bytes_from_text,
    check_can_be_decoded,
    is_data_url,
    picture_from_bytes,
)

# What is wrong with a value, by its position.
Wrong = dict[int, str]


def picture_values(
    values: Sequence[Any], column: InputColumn, files: NamedFiles | None = None
) -> tuple[PictureValues, Wrong]:
    """The pictures of a column of a table, each different path once, and what is wrong, by position.

    The values are paths of `files`; without these, they are files in base64. A data URL is always read as such. An
    empty value is a gap, and so is one that is wrong.
    """
    shape = check_can_be_decoded(column).shape
    pictures: list[NDArray[np.uint8]] = []
    known: dict[str, int | str] = {}
    numbers = np.full(len(values), NO_PICTURE, np.int32)
    wrong: Wrong = {}
    for position, value in enumerate(values):
        if _is_gap(value):
            continue
        if not isinstance(value, str):
            wrong[position] = _sentence(value, PictureError("not the path of a picture"), column)
            continue
        if value not in known:
            try:
                pictures.append(picture_from_bytes(_content(value, column, files), column))
                known[value] = len(pictures) - 1
            except UserError as error:
                known[value] = _sentence(value, error, column)
        found = known[value]
        if isinstance(found, int):
            numbers[position] = found
        else:
            wrong[position] = found
    pixels = np.stack(pictures) if pictures else np.zeros((0, *shape), np.uint8)
    return PictureValues(pixels, numbers), wrong


def image_values(values: Sequence[Any], column: InputColumn) -> tuple[NDArray[Any], Wrong]:
    """The images of JSON objects, and what is wrong, by position, where the image is black.

    A value is a file in base64, a data URL, or the pixels in nested lists.
    """
    assert column.shape is not None
    images = np.zeros((len(values), *column.shape), column.pixel_type)
    wrong: Wrong = {}
    for position, value in enumerate(values):
        try:
            images[position] = _image(value, column)
        except UserError as error:
            wrong[position] = str(error)
    return images, wrong


def _content(value: str, column: InputColumn, files: NamedFiles | None) -> bytes:
    if files is None or is_data_url(value.strip()):
        return bytes_from_text(value)
    return files.read(relative_path(value, column.path_prefix))


def _image(value: Any, column: InputColumn) -> NDArray[Any]:
    match value:
        case str():
            return picture_from_bytes(bytes_from_text(value), column)
        case list():
            return _image_of_lists(value, column)
        case _:
            raise PictureError("no picture: neither base64 nor lists of numbers")


def _image_of_lists(value: list[Any], column: InputColumn) -> NDArray[Any]:
    assert column.shape is not None
    try:
        numbers = np.array(value)
    except ValueError:  # rows of different lengths
        raise PictureError("lists of numbers of different lengths") from None
    if numbers.dtype.kind not in "iuf" or numbers.shape not in (tuple(column.shape), _without_channels(column.shape)):
        raise PictureError(f"lists of shape {numbers.shape}; expected numbers of shape {tuple(column.shape)}")
    pixel_type = np.dtype(column.pixel_type)
    with np.errstate(invalid="ignore"):  # what NaN becomes differs from NaN
        converted = numbers.astype(pixel_type)
    if pixel_type.kind != "f" and not np.array_equal(converted, numbers):
        raise PictureError(f"numbers that are no {pixel_type}")
    return converted.reshape(column.shape)


def _without_channels(shape: Sequence[int]) -> tuple[int, ...]:
    *sides, channels = shape
    return tuple(sides) if channels == 1 else tuple(shape)


def _is_gap(value: Any) -> bool:
    is_nan = isinstance(value, float) and np.isnan(value)
    return value is None or is_nan or (isinstance(value, str) and not value.strip())


def _sentence(value: Any, error: UserError, column: InputColumn) -> str:
    """Without the value or a part of the file, if the column is private."""
    if column.private:
        return error.problem if isinstance(error, PictureError) else str(error)
    return f"{format_value(value)}: {error}"
