"""One reader per form of table, each to the same plain frame."""

from typing import assert_never

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.errors import UserError
from stages.download.formats.bounded_reading import Opens
from stages.download.formats.column_types import chosen, plain_frame
from stages.download.formats.csv_text import read_csv
from stages.download.params import Csv, Files, Parquet


def read_table(content: Opens, form: Csv | Parquet, params: Files) -> pd.DataFrame:
    try:
        return plain_frame(_read(content, form, params), list(params.classes))
    except UnicodeDecodeError as error:
        raise UserError(f"not readable as {form.format}: {error}") from None


def _read(content: Opens, form: Csv | Parquet, params: Files) -> pa.Table:
    match form:
        case Csv():
            return read_csv(content, form, params)
        case Parquet():
            return _read_parquet(content, params)
        case _:
            assert_never(form)


def _read_parquet(content: Opens, params: Files) -> pa.Table:
    try:
        with content() as opened, pq.ParquetFile(opened) as file:
            kept = chosen(file.schema_arrow.names, params)
            return file.read(columns=kept, use_threads=False).select(kept)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"not readable as Parquet: {error}") from None
