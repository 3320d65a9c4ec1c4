"""Columns of pictures."""

from collections.abc import Sequence
from typing import Any

from stages.inference.input_schema import InputColumn
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.values.read_values import ReadValues, without_missing


class PictureReader:
    """Of a table: paths of `files`, or without them files in base64."""

    def __init__(self, column: InputColumn, files: NamedFiles | None, missing: Sequence[str]) -> None:
        self._column, self._files, self._missing = column, files, frozenset(missing)

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        from stages.inference.read.pictures.picture_values import picture_values  # Pillow is for pictures alone

        return ReadValues(*picture_values(without_missing(values, self._missing), self._column, self._files))


class ImageReader:
    """Of a dataset of pictures: files in base64, or pixels."""

    def __init__(self, column: InputColumn) -> None:
        self._column = column

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        from stages.inference.read.pictures.image_values import image_values  # Pillow is for pictures alone

        return ReadValues(*image_values(values, self._column))
