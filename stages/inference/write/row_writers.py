"""Writers of rows in each format."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.inference.read.formats.file_formats import FileFormat
from stages.inference.write.write_csv import CsvWriter
from stages.inference.write.written_values import json_of

Columns = Mapping[str, Sequence[Any]]


class RowWriter(Protocol):
    def write(self, columns: Columns, numbers: NDArray[np.int64]) -> None:
        """Write rows; `numbers` are their numbers in the input."""

    def finish(self) -> None:
        """Write the end. The stream stays open."""

    def discard(self) -> None:
        """Write nothing more, after an error. The stream stays open."""


def row_writer(file_format: FileFormat, stream: BinaryIO, separator: str = ",") -> RowWriter:
    match file_format:
        case "csv":
            return CsvWriter(stream, separator)
        case "jsonl":
            return JsonLinesWriter(stream)
        case "json":
            return JsonWriter(stream)
        case "parquet":
            from stages.inference.write.write_parquet import ParquetWriter

            return ParquetWriter(stream)
        case "npz":
            raise UserError("predictions are not written as npz; use csv, jsonl, json or parquet")
        case _:
            assert_never(file_format)


class JsonLinesWriter:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, columns: Columns, numbers: NDArray[np.int64]) -> None:  # noqa: ARG002
        for line in json_rows(columns):
            self._stream.write(line.encode() + b"\n")

    def finish(self) -> None:
        self._stream.flush()

    def discard(self) -> None:
        pass


class JsonWriter:
    """An array of objects."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._before = b"[\n"

    def write(self, columns: Columns, numbers: NDArray[np.int64]) -> None:  # noqa: ARG002
        for line in json_rows(columns):
            self._stream.write(self._before + line.encode())
            self._before = b",\n"

    def finish(self) -> None:
        self._stream.write(b"\n]\n" if self._before != b"[\n" else b"[]\n")
        self._stream.flush()

    def discard(self) -> None:
        pass


def json_rows(columns: Columns) -> list[str]:
    names = list(columns)
    return [json_of(dict(zip(names, row, strict=True))) for row in zip(*columns.values(), strict=True)]
