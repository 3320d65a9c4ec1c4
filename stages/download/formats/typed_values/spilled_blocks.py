"""Blocks of rows that wait until the types of their columns are known: in memory while they are few, then in a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import pyarrow as pa

from stages.download.formats.tables.typed_rows import FoundColumn, TypedRows
from stages.download.formats.typed_values.inspect_column import in_type

# Bytes of values that wait in memory.
MEMORY_BYTES = 1 << 24


class SpilledBlocks:
    """`add` takes the columns of a block, each in a type of its own. A block may lack a column, whose rows are gaps."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._file: IO[bytes] | None = None
        self._ends = [0]
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, columns: Mapping[str, pa.Array], rows: int) -> None:
        block = pa.record_batch(list(columns.values()), list(columns))
        self._rows += rows
        self._waiting.append(block)
        if sum(each.nbytes for each in self._waiting) > MEMORY_BYTES:
            self._write()

    def _write(self) -> None:
        if self._file is None:
            self._file = NamedTemporaryFile("wb", dir=self._scratch, delete=False)  # noqa: SIM115 - read later
        for block in self._waiting:
            with pa.ipc.new_stream(self._file, block.schema) as stream:
                stream.write_batch(block)
            self._ends.append(self._file.tell())
        self._file.flush()
        self._waiting.clear()

    def typed_rows(self, columns: Mapping[str, FoundColumn]) -> TypedRows:
        """The rows with these columns; others are left out."""
        return TypedRows(columns, self._rows, lambda: self._read(columns))

    def _read(self, columns: Mapping[str, FoundColumn]) -> Iterator[pa.Table]:
        schema = pa.schema([(name, column.type) for name, column in columns.items()])
        for block in self._blocks():
            arrays = [
                in_type(block[field.name], field.type)
                if field.name in block.schema.names
                else pa.nulls(len(block), field.type)
                for field in schema
            ]
            yield pa.table(arrays, schema)

    def _blocks(self) -> Iterator[pa.RecordBatch]:
        if self._file is not None:
            with Path(self._file.name).open("rb") as file:
                for start in self._ends[:-1]:
                    file.seek(start)
                    yield pa.ipc.open_stream(file).read_next_batch()
        yield from self._waiting
