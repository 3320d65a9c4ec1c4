"""Text with separated columns, read strictly: a row with another number of fields than the header is an error."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import chain, islice
from typing import TextIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError, format_examples
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.table_columns import choose_columns
from stages.download.params.csv_params import Csv
from stages.download.params.file_params import Files

NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
END_ROW = "\0"
BLOCK = 1 << 20
ENCODINGS_WITH_ZERO_BYTES = ("utf-16", "utf-32")
SEPARATORS = ",;\t|"


def read_csv(open_file: OpenFile, params: Csv, files: Files) -> pa.Table:
    try:
        _check_zero_bytes(open_file, params)
        _check_quotes(open_file, params)
        columns = choose_columns(_column_names(open_file, params, files), files)
        text = dict.fromkeys(files.text_columns, pa.string())
        table = _parse(open_file, params, columns, text)
        if times := [f.name for f in table.schema if pa.types.is_temporal(f.type)]:
            # Arrow converts text that looks like a time. Only the column that `time` names is converted, and later.
            table = _parse(open_file, params, columns, text | dict.fromkeys(times, pa.string()))
        return table
    except pa.ArrowKeyError as error:
        raise UserError(f"header cannot be read: {error}; is there a byte order mark before it?") from None
    except (UnicodeError, pa.ArrowInvalid, csv.Error) as error:
        raise UserError(_find_undecodable(open_file, params.encoding) or f"not readable as CSV: {error}") from None


def _find_undecodable(open_file: OpenFile, encoding: str) -> str | None:
    """A message about the first byte that cannot be decoded, if there is one."""
    with open_file() as file:
        content = file.read()
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "replace").count("\n") + 1
        byte = content[error.start]
        return f"line {line}: byte 0x{byte:02x} is not {encoding}; set format.encoding, for example latin-1"
    return None


def _column_names(open_file: OpenFile, params: Csv, files: Files) -> list[str]:
    """Those of the header, or of `names`. A file without a row is an error."""
    with _open_text(open_file, params) as file:
        rows = _numbered_rows(file, params)
        first = next(rows, None)
        if first is None:
            raise UserError("empty file")
        if params.names is not None:
            return params.names
        line, names = first
        if next(rows, None) is None:
            raise UserError(f"line {line}: a header and no rows after it")
    # A header that looks like values is accepted if `columns` confirms the names.
    if files.columns is None:
        _check_header(line, names)
    return names


def _open_text(open_file: OpenFile, params: Csv) -> TextIO:
    without_mark = "utf-8-sig" if codecs.lookup(params.encoding).name == "utf-8" else params.encoding
    return TextIOWrapper(open_file(), encoding=without_mark, newline="")


def _numbered_rows(file: TextIO, params: Csv) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its last line. Blank lines are skipped."""
    rows = csv.reader(file, delimiter=params.separator)
    return ((rows.line_num, row) for row in rows if row)


def _check_header(line: int, names: Sequence[str]) -> None:
    errors = ErrorList()
    separators = [s for s in SEPARATORS if len(names) == 1 and s in names[0]]
    errors.check(
        not separators,
        f"line {line}: one column, {names[0]!r}; set format.separator to {' or '.join(map(repr, separators))}, "
        "or list it in columns",
    )
    numbers = [name for name in names if NUMBER.fullmatch(name)]
    # Whole numbers may be names, such as years, if other columns have words for names.
    are_values = len(numbers) == len(names) or any(not number.strip().isdigit() for number in numbers)
    errors.check(
        not are_values,
        f"line {line}: {format_examples(numbers)} are values, not names; set header: false and names, "
        "or list them in columns if they are names",
    )
    for position, name in enumerate(names, start=1):
        errors.check(bool(name.strip()), f"line {line}: column {position} has no name; list the others in columns")
    errors.raise_if_any()


def _check_zero_bytes(open_file: OpenFile, params: Csv) -> None:
    if codecs.lookup(params.encoding).name.startswith(ENCODINGS_WITH_ZERO_BYTES):
        return
    with open_file() as file:
        line = 1
        for block in iter(lambda: file.read(BLOCK), b""):
            if (position := block.find(b"\0")) >= 0:
                line += block.count(b"\n", 0, position)
                raise UserError(f"line {line}: byte 0x00, which is no text; set format.encoding, for example utf-16")
            line += block.count(b"\n")


def _check_quotes(open_file: OpenFile, params: Csv) -> None:
    """An unclosed quote would make the rest of the file one value. The file is parsed only if the number is odd."""
    with open_file() as file:
        if sum(block.count(b'"') for block in iter(lambda: file.read(BLOCK), b"")) % 2 == 0:
            return
    row_start = next_start = 1
    with _open_text(open_file, params) as file:
        # A row is appended to the file. The row that contains it is not closed.
        rows = csv.reader(chain(file, [END_ROW]), delimiter=params.separator)
        try:
            for row in rows:
                if row == [END_ROW]:
                    return
                row_start, next_start = next_start, rows.line_num + 1
        except csv.Error:  # the value is longer than csv.field_size_limit
            row_start = next_start
    raise UserError(f"line {row_start}: a quote opens here and is never closed")


def _parse(open_file: OpenFile, params: Csv, columns: list[str], types: dict[str, pa.DataType]) -> pa.Table:
    ragged: list[arrow_csv.InvalidRow] = []

    def skip_row(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    with open_file() as file:
        table = arrow_csv.read_csv(
            file,
            arrow_csv.ReadOptions(use_threads=False, encoding=params.encoding, column_names=params.names),
            arrow_csv.ParseOptions(delimiter=params.separator, newlines_in_values=True, invalid_row_handler=skip_row),
            arrow_csv.ConvertOptions(
                include_columns=columns, column_types=types, null_values=params.missing, strings_can_be_null=True
            ),
        )
    if ragged:
        width = ragged[0].expected_columns
        with _open_text(open_file, params) as text:
            lines = (f"line {line} has {len(row)}" for line, row in _numbered_rows(text, params) if len(row) != width)
            examples = ", ".join(islice(lines, MAX_EXAMPLES))
        raise UserError(f"rows: {len(ragged)} do not have {width} fields, one for each column name; {examples}")
    if any(pa.types.is_binary(column_type) for column_type in table.schema.types):
        raise UnicodeError("bytes that are no text")
    return table
