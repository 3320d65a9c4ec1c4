"""Writes rows as Parquet. It needs PyArrow, which the rest of inference does not."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.inference.read.formats.read_parquet import import_pyarrow
from stages.inference.write.written_values import check_same_columns, csv_text


class ParquetWriter:
    """The types of the first block are those of the file. A column of mixed values is written as text."""

    def __init__(self, stream: BinaryIO) -> None:
        self._arrow = import_pyarrow()
        self._stream = stream
        self._writer: Any = None

    def write(self, columns: Mapping[str, Sequence[Any]], numbers: NDArray[np.int64]) -> None:
        from pyarrow import parquet

        if self._writer is None:
            first = self._arrow.table({name: self._array(values) for name, values in columns.items()})
            self._writer = parquet.ParquetWriter(self._stream, first.schema)
        schema = self._writer.schema
        check_same_columns(list(columns), schema.names, numbers)
        arrays = [self._typed(name, values, schema.field(name).type, numbers) for name, values in columns.items()]
        self._writer.write_table(self._arrow.table(arrays, schema=schema))

    def _array(self, values: Sequence[Any]) -> Any:
        try:
            array = self._arrow.array(values)
        except (self._arrow.ArrowException, OverflowError):
            return self._arrow.array(_texts(values), self._arrow.string())
        # A later block may have a value where this one has none.
        return array.cast(self._arrow.string()) if self._arrow.types.is_null(array.type) else array

    def _typed(self, name: str, values: Sequence[Any], arrow_type: Any, numbers: NDArray[np.int64]) -> Any:
        if self._arrow.types.is_string(arrow_type):
            values = _texts(values)
        try:
            return self._arrow.array(values, arrow_type)
        except (self._arrow.ArrowException, OverflowError) as error:
            raise UserError(
                f"from row {int(numbers[0])} on: column {name!r} is not {arrow_type} as before ({error}); write .jsonl"
            ) from None

    def finish(self) -> None:
        if self._writer is not None:
            self._writer.close()

    discard = finish


def _texts(values: Sequence[Any]) -> list[str | None]:
    return [None if value is None else csv_text(value) for value in values]
