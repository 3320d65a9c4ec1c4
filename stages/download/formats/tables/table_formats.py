"""Reading of a file of rows and columns, whose columns become plain types."""

from pathlib import Path
from typing import assert_never

from stages.core.errors import UserError
from stages.download.formats.csv_text.read_csv import read_csv
from stages.download.formats.json_lines.read_json_lines import read_json_lines
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.tables.parquet_rows import read_parquet
from stages.download.formats.tables.typed_rows import TypedRows, plain_rows
from stages.download.params.csv_params import Csv
from stages.download.params.excel_params import Excel
from stages.download.params.file_params import Files
from stages.download.params.format_params import Parquet, TableFormat
from stages.download.params.json_lines_params import JsonLines


def read_rows(open_file: OpenFile, table_format: TableFormat, params: Files, scratch: Path) -> TypedRows:
    """The rows of the file in plain types. `scratch` is a folder that is needed as long as the rows are read."""
    try:
        match table_format:
            case Csv():
                rows = read_csv(open_file, table_format, params, scratch)
            case JsonLines():
                rows = read_json_lines(open_file, table_format, params, scratch)
            case Excel():
                from stages.download.formats.excel.read_excel import read_excel  # openpyxl is an extra

                rows = read_excel(open_file, table_format, params, scratch)
            case Parquet():
                rows = read_parquet(open_file, params)
            case _:
                assert_never(table_format)
        return plain_rows(rows, list(params.classes))
    except UnicodeDecodeError as error:
        raise UserError(f"not readable as {table_format.format}: {error}") from None
