"""Reading of a file of rows and columns as a data frame with plain types."""

from typing import assert_never

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.errors import UserError
from stages.download.formats.csv_text.read_csv import read_csv
from stages.download.formats.json_lines.read_json_lines import read_json_lines
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.table_columns import choose_columns, plain_frame
from stages.download.params.csv_params import Csv
from stages.download.params.excel_params import Excel
from stages.download.params.file_params import Files
from stages.download.params.format_params import Parquet, TableFormat
from stages.download.params.json_lines_params import JsonLines


def read_table(open_file: OpenFile, table_format: TableFormat, params: Files) -> pd.DataFrame:
    try:
        match table_format:
            case Csv():
                table = read_csv(open_file, table_format, params)
            case JsonLines():
                table = read_json_lines(open_file, table_format, params)
            case Excel():
                from stages.download.formats.excel.read_excel import read_excel  # openpyxl is an extra

                table = read_excel(open_file, table_format, params)
            case Parquet():
                table = _read_parquet(open_file, params)
            case _:
                assert_never(table_format)
        return plain_frame(table, list(params.classes))
    except UnicodeDecodeError as error:
        raise UserError(f"not readable as {table_format.format}: {error}") from None


def _read_parquet(open_file: OpenFile, params: Files) -> pa.Table:
    try:
        with open_file() as opened, pq.ParquetFile(opened) as file:
            columns = choose_columns(file.schema_arrow.names, params)
            return file.read(columns=columns, use_threads=False).select(columns)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"not readable as Parquet: {error}") from None
