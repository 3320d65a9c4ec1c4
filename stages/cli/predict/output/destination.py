"""Where predictions go: a file, standard output as text of a format, or a small table for a person."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from stages.cli.predict.output.text_table import MAX_ROWS, text_table
from stages.inference.predictor import Predictions
from stages.inference.read.formats.file_formats import FileFormat
from stages.inference.read.row_block import RowBlock
from stages.inference.write.write_predictions import PredictionWriter


class Destination(Protocol):
    def write(self, block: RowBlock, predictions: Predictions) -> None: ...


@contextmanager
def open_destination(out: Path | None, file_format: FileFormat | None, at_once: bool) -> Iterator[Destination]:
    """Nothing is written if the block fails; `at_once` allows standard output to get rows before all are read."""
    if out is not None:
        with PredictionWriter(out) as writer:
            yield writer
    elif file_format is None and sys.stdout.isatty():
        with TableOrCsv(sys.stdout.buffer) as table:
            yield table
    elif at_once:
        with PredictionWriter(sys.stdout.buffer, file_format or "csv") as writer:
            yield writer
    else:
        with tempfile.TemporaryFile() as file:
            with PredictionWriter(file, file_format or "csv") as writer:
                yield writer
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()


class TableOrCsv:
    """A table if there are few rows; else CSV, which a person can read as far as it is on the screen."""

    def __init__(self, stream: BinaryIO) -> None:
        self._held: list[tuple[RowBlock, Predictions]] = []
        self._stream = stream
        self._csv: PredictionWriter | None = None

    def __enter__(self) -> "TableOrCsv":
        return self

    def write(self, block: RowBlock, predictions: Predictions) -> None:
        if self._csv is not None:
            self._csv.write(block, predictions)
            return
        self._held.append((block, predictions))
        if len(self._held) > 1 or len(block) > MAX_ROWS:
            self._csv = PredictionWriter(self._stream, "csv").__enter__()
            for held in self._held:
                self._csv.write(*held)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._csv is not None:
            self._csv.close()
        elif kind is None:
            for held in self._held:
                self._stream.write(f"{text_table(*held)}\n".encode())
            self._stream.flush()
