"""Writes the predictions of blocks of rows, one after the other, to a file or a stream."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from stages.core.files.atomic_write import move_into_place, write_beside
from stages.inference.predictor import Predictions
from stages.inference.read.formats.file_formats import FileFormat, output_format
from stages.inference.read.row_block import RowBlock
from stages.inference.write.output_columns import block_columns
from stages.inference.write.row_writers import RowWriter, row_writer


class PredictionWriter:
    """A context manager. A file is complete or not there; what an error interrupts leaves no file.

    The columns are those of the input that the model does not need, as they were, and then those of the predictions.
    """

    def __init__(self, target: Path | BinaryIO, file_format: FileFormat | None = None) -> None:
        self._target = target
        self._format = file_format or (output_format(target) if isinstance(target, Path) else "csv")
        self._stack = ExitStack()
        self._writer: RowWriter | None = None

    def __enter__(self) -> Self:
        stream = self._target
        if isinstance(stream, Path):
            temporary = self._stack.enter_context(write_beside(stream))
            stream = self._stack.enter_context(temporary.open("wb"))
        separator = "\t" if isinstance(self._target, Path) and self._target.suffix.lower() == ".tsv" else ","
        self._writer = row_writer(self._format, stream, separator)
        return self

    def write(self, block: RowBlock, predictions: Predictions) -> None:
        """Write the rows of a block. All blocks must have the same carried columns, but in JSON."""
        assert self._writer is not None
        self._writer.write(block_columns(block.carried, predictions), block.numbers)

    def close(self) -> None:
        """Finish the output and put a file in its place."""
        assert self._writer is not None
        self._writer.finish()
        self._stack.close()
        if isinstance(self._target, Path):
            move_into_place(self._target)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        if self._writer is not None:
            self._writer.discard()
        self._stack.__exit__(kind, error, traceback)


def prediction_records(block: RowBlock, predictions: Predictions) -> list[dict[str, Any]]:
    """The rows of a block as JSON objects, with the names and values of a file of predictions."""
    columns = block_columns(block.carried, predictions)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
