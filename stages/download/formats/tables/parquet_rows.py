"""A Parquet file as rows, one group of rows after another."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.errors import UserError
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.tables.table_columns import choose_columns
from stages.download.formats.tables.typed_rows import FoundColumn, TypedRows
from stages.download.params.file_params import Files

# Values that are decoded at once.
BATCH_CELLS = 1 << 20
# A group of rows may be as long as the file, so that its columns are read in pieces.
READ_BYTES = 1 << 20


def read_parquet(open_file: OpenFile, params: Files) -> TypedRows:
    with _opened(open_file) as file:
        columns = choose_columns(file.schema_arrow.names, params)
        found = {name: FoundColumn(file.schema_arrow.field(name).type) for name in columns}
        if any(pa.types.is_nested(column.type) for column in found.values()):
            return TypedRows(found, file.metadata.num_rows, lambda: iter(()))  # `plain_rows` refuses it
        rows = file.metadata.num_rows
        gaps = dict.fromkeys(columns, 0)
        for batch in _batches(file, columns):
            for name in columns:
                gaps[name] += batch[name].null_count
    found = {name: FoundColumn(found[name].type, gaps[name] < rows, gaps[name] > 0) for name in columns}
    return TypedRows(found, rows, lambda: _read(open_file, columns))


def _read(open_file: OpenFile, columns: Sequence[str]) -> Iterator[pa.Table]:
    with _opened(open_file) as file:
        for batch in _batches(file, columns):
            yield pa.Table.from_batches([batch]).select(columns)


def _batches(file: pq.ParquetFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    rows = max(1, BATCH_CELLS // len(columns))
    return file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False)  # type: ignore[no-any-return]


@contextmanager
def _opened(open_file: OpenFile) -> Iterator[pq.ParquetFile]:
    try:
        with open_file() as opened, pq.ParquetFile(opened, buffer_size=READ_BYTES, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"not readable as Parquet: {error}") from None
