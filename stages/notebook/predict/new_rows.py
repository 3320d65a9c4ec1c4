"""New rows of a notebook become the blocks of rows that an input of `restage predict` becomes."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stages.cli.predict.trained_model import TrainedModel
from stages.core.errors import UserError
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.new_rows.row_values import rows_depend_on_others
from stages.inference.read.formats.records import rows_from_records
from stages.inference.read.read_checked_rows import join_blocks, read_checked_rows
from stages.inference.read.row_block import RowBlock

if TYPE_CHECKING:
    import pandas as pd

EXPECTED = "a data frame, a list of dicts, an array of images, a list of texts or the path of a file"


def read_new_rows(rows: Any, model: TrainedModel, pictures: Path | None) -> Iterator[RowBlock]:
    """Raises UserError if `rows` is none of those that are expected, or lacks a column."""
    import pandas as pd

    match rows:
        case pd.DataFrame():
            return _read_stream(_parquet(rows), model, pictures)
        case np.ndarray() if model.schema.kind == "images":
            return _read_stream(_npy(rows), model, pictures)
        case str() | Path():
            return read_checked_rows(Path(rows), model.schema, model.fitted, pictures=pictures)
        case Mapping():
            return _read_records([rows], model, pictures)
        case [*values] if values and all(isinstance(value, Mapping) for value in values):
            return _read_records(values, model, pictures)
        case [*values] if values and model.schema.kind == "tokens" and all(isinstance(text, str) for text in values):
            return _read_records([{model.schema.names[0]: text} for text in values], model, pictures)
        case _:
            raise UserError(f"rows: {EXPECTED} is expected; received {describe(rows)}")


def describe(rows: Any) -> str:
    """
    >>> describe(5), describe([]), describe(["a"]), describe(np.zeros((2, 3)))
    ('int', 'an empty list', 'a list of str', 'an array of the shape (2, 3)')
    """
    if isinstance(rows, np.ndarray):
        return f"an array of the shape {rows.shape}"
    if isinstance(rows, list):
        return f"a list of {type(rows[0]).__name__}" if rows else "an empty list"
    return type(rows).__name__


def _read_stream(stream: io.BytesIO, model: TrainedModel, pictures: Path | None) -> Iterator[RowBlock]:
    return read_checked_rows(stream, model.schema, model.fitted, pictures=pictures)


def _read_records(
    records: Sequence[Mapping[Any, Any]], model: TrainedModel, pictures: Path | None
) -> Iterator[RowBlock]:
    check = partial(find_row_problems, model.fitted)
    plain = [{str(name): _plain_value(value) for name, value in record.items()} for record in records]
    if rows_depend_on_others(model.fitted):
        yield join_blocks([rows_from_records(plain, model.schema, None, pictures)], check)
    else:
        yield rows_from_records(plain, model.schema, check, pictures)


def _plain_value(value: Any) -> Any:
    """A value as JSON has it: NaN and NaT are gaps, times are texts.

    >>> [_plain_value(value) for value in (np.int64(5), np.float32("nan"), date(2020, 1, 31), "a")]
    [5, None, '2020-01-31', 'a']
    """
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, date):
        return None if str(value) == "NaT" else value.isoformat()
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and plain != plain else plain


def _parquet(frame: "pd.DataFrame") -> io.BytesIO:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if frame.empty:
        raise UserError("rows: the data frame has no rows")
    stream = io.BytesIO()
    try:
        rows = pa.Table.from_pandas(frame.rename(columns=str), preserve_index=False)
    except (pa.ArrowException, ValueError) as error:
        raise UserError(f"rows: {' '.join(str(error).split())}; give the column values of one type") from None
    pq.write_table(rows.replace_schema_metadata(None), stream)
    stream.seek(0)
    return stream


def _npy(images: Any) -> io.BytesIO:
    stream = io.BytesIO()
    np.save(stream, images, allow_pickle=False)
    stream.seek(0)
    return stream
