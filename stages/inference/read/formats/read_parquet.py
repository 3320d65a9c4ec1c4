"""Rows of a Parquet file. It needs PyArrow, which the rest of inference does not."""

import io
from collections.abc import Iterator
from typing import Any

from stages.core.artefacts.raw.arrow_types import plain_type
from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema
from stages.inference.read.build_block import WrittenRows
from stages.inference.read.carried_values import carried_values
from stages.inference.read.match_columns import match_columns

BLOCK_ROWS = 16_384


def import_pyarrow() -> Any:
    """Raises UserError if PyArrow is not installed."""
    try:
        import pyarrow
    except ImportError:
        raise UserError("Parquet needs PyArrow; install pyarrow, or use CSV or JSON lines") from None
    return pyarrow


def parquet_blocks(file: io.BufferedReader, schema: InputSchema) -> Iterator[WrittenRows]:
    """Only the rows of a batch are in memory, and what PyArrow reads ahead of a group of rows."""
    arrow = import_pyarrow()
    from pyarrow import parquet

    seekable = file if file.seekable() else io.BytesIO(file.read())
    try:
        with parquet.ParquetFile(seekable) as opened:
            names = opened.schema_arrow.names
            matched = match_columns(names, schema)
            first = 1
            for batch in opened.iter_batches(BLOCK_ROWS, use_threads=False):
                columns = batch.columns
                yield WrittenRows(
                    range(first, first + len(batch)),
                    {column: column_values(columns[n]) for column, n in matched.needed.items()},
                    {column: carried_values(columns[n].to_pylist()) for column, n in matched.carried.items()},
                )
                first += len(batch)
    except (arrow.ArrowException, OSError) as error:
        raise UserError(f"not readable as Parquet: {error}") from None


def column_values(column: Any) -> Any:
    """Numbers and times as arrays, other values as objects of Python, None for gaps."""
    import pyarrow as pa

    plain = column.cast(plain_type(column.type))
    is_array = pa.types.is_integer(plain.type) or pa.types.is_floating(plain.type) or pa.types.is_timestamp(plain.type)
    return plain.to_numpy(zero_copy_only=False) if is_array else plain.to_pylist()
