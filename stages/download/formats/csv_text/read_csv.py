"""Text with separated columns, read strictly: a row with another number of fields than the header is an error.

The file is read two or three times, a piece at a time: what Arrow infers of each column, the texts of columns of which
that may be wrong, and then the rows with the types of the whole file.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError
from stages.core.text_values.csv_line import NO_QUOTE
from stages.download.formats.csv_text.check_text import check_bytes, check_quotes
from stages.download.formats.csv_text.header_names import column_names, numbered_rows
from stages.download.formats.csv_text.inferred_types import InferredColumn, InferredTexts
from stages.download.formats.csv_text.number_texts import NumberColumn, NumberTexts
from stages.download.formats.csv_text.prepared_file import open_text, prepare_file
from stages.download.formats.csv_text.row_chunks import row_chunks
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.tables.table_columns import choose_columns
from stages.download.formats.tables.typed_rows import FoundColumn, TypedRows
from stages.download.formats.text_encoding import find_undecodable
from stages.download.params.csv_params import Csv
from stages.download.params.file_params import Files

Types = Mapping[str, pa.DataType]
HEXADECIMAL = re.compile(rb"0[xX]")


def read_csv(open_file: OpenFile, params: Csv, files: Files, scratch: Path) -> TypedRows:
    """Files of which lines must be changed first are written to `scratch`, where they are needed to read the rows."""
    with _explain_errors(open_file, params):
        check_bytes(open_file, params)
        open_prepared, prepared = prepare_file(open_file, params, scratch)
        check_quotes(open_prepared, prepared)
        names = column_names(open_prepared, prepared, files)
        parser = _Parser(open_prepared, prepared, names)
        return _typed_rows(parser, prepared, choose_columns(names, files), files)


@contextmanager
def _explain_errors(open_file: OpenFile, params: Csv) -> Iterator[None]:
    try:
        yield
    except pa.ArrowKeyError as error:
        raise UserError(f"header cannot be read: {error}; is there a byte order mark before it?") from None
    except (UnicodeError, pa.ArrowInvalid, csv.Error) as error:
        raise UserError(find_undecodable(open_file, params.encoding) or f"not readable as CSV: {error}") from None


def _typed_rows(parser: "_Parser", params: Csv, columns: Sequence[str], files: Files) -> TypedRows:
    text = dict.fromkeys([*files.text_columns, *(c for c, kind in params.types.items() if kind == "text")], pa.string())
    inferred, unsure = _infer(parser, params, columns, text)
    numbers, types = _look_at_texts(parser, params, unsure, inferred, files)
    types = {name: types.get(name) or _type_in_raw_data(column.type) for name, column in inferred.items()}
    found = {
        name: FoundColumn(
            numbers[name].type if name in numbers else types[name], column.gaps < column.rows, column.gaps > 0
        )
        for name, column in inferred.items()
    }
    count = next(iter(inferred.values())).rows
    return TypedRows(found, count, lambda: _read_rows(parser, columns, types, numbers))


def _type_in_raw_data(inferred: pa.DataType) -> pa.DataType:
    """Times stay text. Only the column that `time` names is converted, and later."""
    return pa.string() if pa.types.is_temporal(inferred) else inferred


def _infer(
    parser: "_Parser", params: Csv, columns: Sequence[str], text: Types
) -> tuple[dict[str, InferredColumn], list[str]]:
    """What Arrow infers of each column, and the columns of which that may be wrong."""
    inferred = {name: InferredColumn() for name in columns}
    may_begin = _leading_zero_pattern(params)
    leading_zeros = hexadecimal = is_binary = False
    for chunk in parser.chunks():
        table = parser.parse(chunk, columns, text)
        for name, column in inferred.items():
            column.add(table[name])
        is_binary = is_binary or any(map(pa.types.is_binary, table.schema.types))
        leading_zeros = leading_zeros or bool(may_begin.search(chunk.content))
        hexadecimal = hexadecimal or bool(HEXADECIMAL.search(chunk.content))
    parser.check_no_ragged_rows()
    if is_binary:
        raise UnicodeError("bytes that are no text")
    unsure = [
        name
        for name, column in inferred.items()
        if name not in text
        and (params.types.get(name) == "number" or column.is_unsure(params, leading_zeros, hexadecimal))
    ]
    return inferred, unsure


def _leading_zero_pattern(params: Csv) -> re.Pattern[bytes]:
    """Finds a value that begins with 0 and another digit. It may also be a time or text."""
    before = re.escape(params.separator + (params.quote if params.quote != NO_QUOTE else ""))
    return re.compile(rf"(?:^|[\s{before}])0\d".encode())


def _look_at_texts(
    parser: "_Parser", params: Csv, unsure: Sequence[str], inferred: Mapping[str, InferredColumn], files: Files
) -> tuple[dict[str, NumberColumn], dict[str, pa.DataType]]:
    """Which of these columns are converted to numbers, and as what type each is parsed."""
    if not unsure:
        return {}, {}
    numbers = {
        name: NumberTexts(name, params, name in files.private)
        for name in unsure
        if not params.plain_numbers or params.types.get(name) == "number"
    }
    plain = {name: InferredTexts() for name in unsure if name not in numbers or len(inferred[name].types) > 1}
    for chunk in parser.chunks():
        texts = parser.parse(chunk, unsure, dict.fromkeys(unsure, pa.string()))
        for name in unsure:
            for look in (numbers.get(name), plain.get(name)):
                if look is not None:
                    look.add(texts[name])
    types = {name: pa.string() for name in unsure}
    for name, texts in plain.items():
        is_truth = pa.types.is_boolean(inferred[name].type) and params.types.get(name) != "number"
        if name not in numbers or is_truth:
            types[name] = _type_in_raw_data(texts.type(inferred[name]))
    return _finish_numbers({name: column for name, column in numbers.items() if types[name] == pa.string()}), types


def _finish_numbers(columns: Mapping[str, NumberTexts]) -> dict[str, NumberColumn]:
    errors, converted = ErrorList(), {}
    for name, column in columns.items():
        with errors.collect():
            if (finished := column.finish()) is not None:
                converted[name] = finished
    errors.raise_if_any()
    return converted


def _read_rows(
    parser: "_Parser", columns: Sequence[str], types: Types, numbers: Mapping[str, NumberColumn]
) -> Iterator[pa.Table]:
    for chunk in parser.chunks():
        table = parser.parse(chunk, columns, types)
        for name, column in numbers.items():
            table = table.set_column(table.column_names.index(name), name, column.convert(table[name]))
        yield table


class _Chunk:
    __slots__ = ("content", "is_first")

    def __init__(self, content: bytes, is_first: bool) -> None:
        self.content, self.is_first = content, is_first


class _Parser:
    """Parses pieces of a file in UTF-8. Rows with another number of fields than names are counted."""

    def __init__(self, open_file: OpenFile, params: Csv, names: Sequence[str]) -> None:
        self._open_file, self._params, self._names = open_file, params, names
        self._ragged = self._width = 0

    def chunks(self) -> Iterator[_Chunk]:
        return (
            _Chunk(content, number == 0) for number, content in enumerate(row_chunks(self._open_file, self._params))
        )

    def parse(self, chunk: _Chunk, columns: Sequence[str], types: Types) -> pa.Table:
        params = self._params
        # Only the first piece has the header.
        names = params.names if chunk.is_first else self._names
        return arrow_csv.read_csv(
            pa.BufferReader(chunk.content),
            # In one piece, since Arrow refuses a row that is longer than its blocks.
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(chunk.content) + 1),
            arrow_csv.ParseOptions(
                delimiter=params.separator,
                quote_char=params.quote if params.quote != NO_QUOTE else False,
                escape_char=params.escape or False,
                newlines_in_values=True,
                invalid_row_handler=self._skip_row,
            ),
            arrow_csv.ConvertOptions(
                include_columns=columns, column_types=types, null_values=params.missing, strings_can_be_null=True
            ),
        )

    def _skip_row(self, row: arrow_csv.InvalidRow) -> str:
        self._ragged += 1
        self._width = row.expected_columns
        return "skip"

    def check_no_ragged_rows(self) -> None:
        if self._ragged:
            raise UserError(_describe_ragged(self._open_file, self._params, self._ragged, self._width))


def _describe_ragged(open_file: OpenFile, params: Csv, count: int, width: int) -> str:
    with open_text(open_file, params) as file:
        lines = (f"line {line} has {len(row)}" for line, row in numbered_rows(file, params) if len(row) != width)
        examples = ", ".join(islice(lines, MAX_EXAMPLES))
    return f"rows: {count} do not have {width} fields, one for each column name; {examples}"
