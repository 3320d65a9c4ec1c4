"""Images that are values of JSON objects, for a dataset of pictures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.core.pictures.picture_error import PictureError
from stages.inference.input_schema import InputColumn
from stages.inference.read.pictures.decode_new_picture import bytes_from_text, picture_from_bytes
from stages.inference.read.pictures.image_array_blocks import NOT_FINITE, is_finite

# What is wrong with a value, by its position.
Wrong = dict[int, str]


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
    with np.errstate(invalid="ignore", over="ignore"):  # what does not fit is found below
        converted = numbers.astype(pixel_type)
    if pixel_type.kind != "f" and not np.array_equal(converted, numbers):
        raise PictureError(f"numbers that are no {pixel_type}")
    if not is_finite(converted.reshape(1, *column.shape)).all():
        raise PictureError(NOT_FINITE)
    return converted.reshape(column.shape)


def _without_channels(shape: Sequence[int]) -> tuple[int, ...]:
    *sides, channels = shape
    return tuple(sides) if channels == 1 else tuple(shape)
