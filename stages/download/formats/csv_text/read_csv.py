"""Text with separated columns, read strictly: a row with another number of fields than the header is an error."""

import csv
import re
from itertools import islice

import pyarrow as pa
from pyarrow import csv as arrow_csv

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError
from stages.core.text_values.csv_line import NO_QUOTE
from stages.download.formats.csv_text.check_text import BLOCK, check_bytes, check_quotes, has_zero_bytes
from stages.download.formats.csv_text.column_types import typed_column, unsure_columns
from stages.download.formats.csv_text.header_names import column_names, numbered_rows
from stages.download.formats.csv_text.prepared_lines import open_text, prepare_file
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.table_columns import choose_columns
from stages.download.formats.text_encoding import find_undecodable
from stages.download.params.csv_params import Csv
from stages.download.params.file_params import Files


def read_csv(open_file: OpenFile, params: Csv, files: Files) -> pa.Table:
    try:
        check_bytes(open_file, params)
        open_prepared, prepared = prepare_file(open_file, params)
        check_quotes(open_prepared, prepared)
        columns = choose_columns(column_names(open_prepared, prepared, files), files)
        return _read_columns(open_prepared, prepared, columns, files)
    except pa.ArrowKeyError as error:
        raise UserError(f"header cannot be read: {error}; is there a byte order mark before it?") from None
    except (UnicodeError, pa.ArrowInvalid, csv.Error) as error:
        raise UserError(find_undecodable(open_file, params.encoding) or f"not readable as CSV: {error}") from None


def _read_columns(open_file: OpenFile, params: Csv, columns: list[str], files: Files) -> pa.Table:
    """Arrow infers the types. Columns of which that may be wrong are read again as text."""
    text = dict.fromkeys([*files.text_columns, *(c for c, kind in params.types.items() if kind == "text")], pa.string())
    table = _parse(open_file, params, columns, text)
    unsure = unsure_columns(table, params, text, _may_have_leading_zeros(open_file, params))
    if not unsure:
        return table
    texts = _parse(open_file, params, unsure, dict.fromkeys(unsure, pa.string()))
    errors = ErrorList()
    for name in unsure:
        with errors.collect():
            column = typed_column(name, texts[name], table[name], params, name in files.private)
            table = table.set_column(table.column_names.index(name), name, column)
    errors.raise_if_any()
    return table


def _may_have_leading_zeros(open_file: OpenFile, params: Csv) -> bool:
    """Whether a value begins with 0 and another digit. It may also be a time or text."""
    if has_zero_bytes(params.encoding):
        return True
    before = re.escape(params.separator + (params.quote if params.quote != NO_QUOTE else ""))
    pattern, end = re.compile(rf"[\s{before}]0\d".encode()), b"\n"
    with open_file() as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            if pattern.search(end + block):
                return True
            end = block[-2:]
    return False


def _parse(open_file: OpenFile, params: Csv, columns: list[str], types: dict[str, pa.DataType]) -> pa.Table:
    ragged: list[arrow_csv.InvalidRow] = []

    def skip_row(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    with open_file() as file:
        table = arrow_csv.read_csv(
            file,
            arrow_csv.ReadOptions(use_threads=False, encoding=params.encoding, column_names=params.names),
            arrow_csv.ParseOptions(
                delimiter=params.separator,
                quote_char=params.quote if params.quote != NO_QUOTE else False,
                escape_char=params.escape or False,
                newlines_in_values=True,
                invalid_row_handler=skip_row,
            ),
            arrow_csv.ConvertOptions(
                include_columns=columns, column_types=types, null_values=params.missing, strings_can_be_null=True
            ),
        )
    if ragged:
        raise UserError(_describe_ragged(open_file, params, len(ragged), ragged[0].expected_columns))
    if any(pa.types.is_binary(column_type) for column_type in table.schema.types):
        raise UnicodeError("bytes that are no text")
    return table


def _describe_ragged(open_file: OpenFile, params: Csv, count: int, width: int) -> str:
    with open_text(open_file, params) as file:
        lines = (f"line {line} has {len(row)}" for line, row in numbered_rows(file, params) if len(row) != width)
        examples = ", ".join(islice(lines, MAX_EXAMPLES))
    return f"rows: {count} do not have {width} fields, one for each column name; {examples}"
