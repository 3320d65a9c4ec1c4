"""Arrays of images in npy and npz files become blocks of rows."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError, prefix_errors
from stages.inference.input_schema import InputColumn
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.divide_rows import rows_in_block
from stages.inference.read.files.array_files import OpenArray, array_names, choose_array, open_array, open_npy
from stages.inference.read.row_block import RowBlock

# The column with the position of each image in the array.
INDEX = "index"
USUAL_NAMES = ("images", "image", "x")
NOT_FINITE = "a pixel is no finite number"


def blocks_of_npy(file: BinaryIO, column: InputColumn) -> Iterator[RowBlock]:
    yield from _blocks(open_npy(file), column)


def blocks_of_npz(opened: zipfile.ZipFile, column: InputColumn) -> Iterator[RowBlock]:
    """The images of the array `images`, `image` or `x`, or of the only one."""
    name = choose_array(array_names(opened), USUAL_NAMES)
    with prefix_errors(name), open_array(opened, name) as array:
        yield from _blocks(array, column)


def _blocks(array: OpenArray, column: InputColumn) -> Iterator[RowBlock]:
    _check_array(array, column)
    if not array.shape[0]:
        raise UserError("no images")
    assert column.shape is not None
    first = 0
    for images in array.blocks(rows_in_block(int(np.prod(column.shape)) * array.dtype.itemsize)):
        yield _block(images.reshape(len(images), *column.shape), first, column.name)
        first += len(images)


def _block(images: NDArray[Any], first: int, column: str) -> RowBlock:
    usable = is_finite(images)
    indices = first + np.flatnonzero(usable)
    wrong = (first + np.flatnonzero(~usable)).tolist()
    return RowBlock(
        RawRows({column: images[usable] if wrong else images}, len(indices)),
        indices + 1,
        {INDEX: [str(index) for index in indices.tolist()]},
        [RowProblem(index + 1, column, f"image {index}: {NOT_FINITE}") for index in wrong],
        {index + 1: {INDEX: str(index)} for index in wrong},
    )


def is_finite(images: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of the images have finite numbers alone.

    >>> is_finite(np.array([[[[1.0]]], [[[np.nan]]]]))
    array([ True, False])
    """
    if images.dtype.kind != "f":
        return np.ones(len(images), np.bool_)
    finite: NDArray[np.bool_] = np.isfinite(images).all(axis=(1, 2, 3))
    return finite


def _check_array(array: OpenArray, column: InputColumn) -> None:
    """Grey images need no axis of channels."""
    assert column.shape is not None
    *sides, channels = column.shape
    shapes = [(*sides, channels), *([tuple(sides)] if channels == 1 else [])]
    if array.shape[1:] not in shapes:
        expected = " or ".join(f"(images, {', '.join(map(str, shape))})" for shape in shapes)
        raise UserError(f"images of shape {array.shape}; the dataset has {expected}")
    if array.dtype.newbyteorder("=") != np.dtype(column.pixel_type):
        raise UserError(
            f"images of {array.dtype}; the dataset has {column.pixel_type}: scale them alike, and save "
            f"images.astype({column.pixel_type!r})"
        )
