"""Writers of rows in each format."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.inference.read.file_formats import FileFormat

Columns = Mapping[str, Sequence[Any]]


class RowWriter(Protocol):
    def write(self, columns: Columns, numbers: NDArray[np.int64]) -> None:
        """Write rows; `numbers` are their numbers in the input."""

    def finish(self) -> None: ...


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


class CsvWriter:
    def __init__(self, stream: BinaryIO, separator: str = ",") -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, delimiter=separator, lineterminator="\n")
        self._names: list[str] | None = None

    def write(self, columns: Columns, numbers: NDArray[np.int64]) -> None:
        if self._names is None:
            self._names = list(columns)
            self._writer.writerow(self._names)
        check_same_columns(list(columns), self._names, numbers)
        self._writer.writerows(zip(*(map(csv_text, values) for values in columns.values()), strict=True))

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()


def csv_text(value: Any) -> str:
    """
    >>> csv_text("a"), csv_text(None), csv_text(0.1), csv_text(True), csv_text([1])
    ('a', '', '0.1', 'true', '[1]')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return repr(value) if type(value) is float else json_of(value)


def json_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


class JsonLinesWriter:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, columns: Columns, numbers: NDArray[np.int64]) -> None:  # noqa: ARG002
        for line in json_rows(columns):
            self._stream.write(line.encode() + b"\n")

    def finish(self) -> None:
        self._stream.flush()


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


def json_rows(columns: Columns) -> list[str]:
    names = list(columns)
    return [json_of(dict(zip(names, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def check_same_columns(columns: list[str], first: list[str], numbers: NDArray[np.int64]) -> None:
    """Raises UserError if a later block has other columns than the first one."""
    if columns != first:
        changed = next(iter(set(columns) ^ set(first)), columns[0])
        row = int(numbers[0]) if len(numbers) else 0
        raise UserError(f"from row {row} on the columns are not those of the rows before ({changed!r}); write .jsonl")
