"""Pictures that are values of a column of a table."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import format_value
from stages.core.pictures.decode_picture import decode_picture
from stages.core.pictures.no_picture import NO_PICTURE
from stages.core.pictures.picture_error import PictureError
from stages.core.pictures.relative_path import relative_path
from stages.inference.input_schema import InputColumn
from stages.inference.read.files.named_files import NamedFiles, NoSuchFileError
from stages.inference.read.pictures.decode_new_picture import bytes_from_text, check_can_be_decoded, is_data_url

# What is wrong with a value, by its position.
Wrong = dict[int, str]


def picture_values(
    values: Sequence[Any], column: InputColumn, files: NamedFiles | None = None
) -> tuple[PictureValues, Wrong]:
    """The pictures of a column of a table, each different value once, and what is wrong, by position.

    The values are paths of `files`, with or without the prefix of the dataset's own paths. Without `files` they are
    pictures in base64. A data URL is always read as such. An empty value is a gap, and so is one that is wrong.
    """
    pictures = _Pictures(column, files)
    numbers = np.full(len(values), NO_PICTURE, np.int32)
    wrong: Wrong = {}
    for position, value in enumerate(values):
        if _is_gap(value):
            continue
        try:
            numbers[position] = pictures.number_of(value)
        except UserError as error:
            wrong[position] = _sentence(value, error, column)
    return PictureValues(pictures.pixels(), numbers), wrong


class _Pictures:
    """The pictures of the values that were seen. Raises UserError if no file can be a picture of the column."""

    def __init__(self, column: InputColumn, files: NamedFiles | None) -> None:
        self._decoding = check_can_be_decoded(column)
        self._prefix = column.path_prefix
        self._files = files
        self._found: dict[str, int | UserError] = {}
        self._pictures: list[NDArray[np.uint8]] = []

    def number_of(self, value: Any) -> int:
        """The position among the pictures. Raises UserError with what is wrong."""
        if not isinstance(value, str):
            raise PictureError("not the path of a picture")
        if value not in self._found:
            self._found[value] = self._decode(value)
        found = self._found[value]
        if isinstance(found, UserError):
            raise found
        return found

    def pixels(self) -> NDArray[np.uint8]:
        return np.stack(self._pictures) if self._pictures else np.zeros((0, *self._decoding.shape), np.uint8)

    def _decode(self, value: str) -> int | UserError:
        try:
            self._pictures.append(decode_picture(self._content(value), self._decoding))
        except UserError as error:
            return error
        return len(self._pictures) - 1

    def _content(self, value: str) -> bytes:
        if self._files is None or is_data_url(value.strip()):
            return bytes_from_text(value)
        *others, last = _names(value, self._prefix)
        for name in others:
            with suppress(NoSuchFileError):
                return self._files.read(name)
        return self._files.read(last)


def _names(value: str, prefix: str) -> list[str]:
    """The path as it is written, and without the prefix: new pictures may lie beside their table, or in a folder."""
    written = relative_path(value)
    try:
        return [written, relative_path(value, prefix)]
    except PictureError:  # the path has no prefix
        return [written]


def _is_gap(value: Any) -> bool:
    is_nan = isinstance(value, float) and np.isnan(value)
    return value is None or is_nan or (isinstance(value, str) and not value.strip())


def _sentence(value: Any, error: UserError, column: InputColumn) -> str:
    """Without the value or a part of the file, if the column is private."""
    if column.private:
        return error.problem if isinstance(error, PictureError) else str(error)
    return f"{format_value(value)}: {error}"
