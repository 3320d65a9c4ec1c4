"""Comma-separated text, read strictly: a row with a field too many or too few is never guessed at."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import chain, islice
from typing import TextIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError, format_examples
from stages.download.formats.bounded_reading import Opens
from stages.download.formats.column_types import chosen
from stages.download.params import Csv, Files

NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
END = "\0"
BLOCK = 1 << 20
WIDE = ("utf-16", "utf-32")
OTHERS = ",;\t|"


def read_csv(content: Opens, form: Csv, params: Files) -> pa.Table:
    with _readable(content, form):
        _check_text(content, form)
        _check_quotes(content, form)
        names = _names(content, form, params)
        kept = chosen(names, params)
        text = dict.fromkeys(params.named, pa.string())
        table = _parsed(content, form, kept, text)
        if times := [f.name for f in table.schema if pa.types.is_temporal(f.type)]:
            # Arrow takes text that looks like a time for one; what nobody named as time stays as written.
            table = _parsed(content, form, kept, text | dict.fromkeys(times, pa.string()))
    return table


@contextmanager
def _readable(content: Opens, form: Csv) -> Iterator[None]:
    try:
        yield
    except pa.ArrowKeyError as error:
        raise UserError(f"header not readable for certain: {error}; is there a mark before it?") from None
    except (UnicodeError, pa.ArrowInvalid, csv.Error) as error:
        raise UserError(_undecodable(content, form.encoding) or f"not readable as CSV: {error}") from None


def _undecodable(content: Opens, encoding: str) -> str | None:
    """Where the text stops being text, if that is what is wrong."""
    with content() as file:
        written = file.read()
    try:
        written.decode(encoding)
    except UnicodeDecodeError as error:
        line = written[: error.start].decode(encoding, "replace").count("\n") + 1
        byte = written[error.start]
        return f"line {line}: byte 0x{byte:02x} is not {encoding}; set format.encoding, for example latin-1"
    return None


def _names(content: Opens, form: Csv, params: Files) -> list[str]:
    """The header's, or those the conf gives; a file without a single row after them is a fault."""
    with _open(content, form) as file:
        rows = _rows(file, form)
        first = next(rows, None)
        if first is None:
            raise UserError("empty file")
        if form.names is not None:
            return form.names
        if next(rows, None) is None:
            raise UserError(f"line {first[0]}: a header and no rows after it")
    if params.columns is None:
        _check_header(*first)
    return first[1]


def _open(content: Opens, form: Csv) -> TextIO:
    unmarked = "utf-8-sig" if codecs.lookup(form.encoding).name == "utf-8" else form.encoding
    return TextIOWrapper(content(), encoding=unmarked, newline="")


def _rows(file: TextIO, form: Csv) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it ends on; blank lines are no rows."""
    rows = csv.reader(file, delimiter=form.separator)
    return ((rows.line_num, row) for row in rows if row)


def _check_header(line: int, names: Sequence[str]) -> None:
    """Only a header that `columns` confirms may look like values."""
    errors = ErrorList()
    others = [sign for sign in OTHERS if len(names) == 1 and sign in names[0]]
    told = f"line {line}: one column, {names[0]!r}; set format.separator to {' or '.join(map(repr, others))}"
    errors.check(not others, f"{told}, or list it in columns")
    numbers = [n for n in names if NUMBER.fullmatch(n)]
    values = len(numbers) == len(names) or any(not n.strip().isdigit() for n in numbers)
    errors.check(
        not values,
        f"line {line}: {format_examples(numbers)} are values, not names; set header: false and names, "
        "or list them in columns if they are names",
    )
    for place, name in enumerate(names, start=1):
        errors.check(bool(name.strip()), f"line {line}: column {place} has no name; list the others in columns")
    errors.raise_if_any()


def _check_text(content: Opens, form: Csv) -> None:
    """A byte of nothing is in no text but where each letter takes two bytes or four."""
    if codecs.lookup(form.encoding).name.startswith(WIDE):
        return
    with content() as file:
        line = 1
        for block in iter(lambda: file.read(BLOCK), b""):
            if (at := block.find(b"\0")) >= 0:
                line += block.count(b"\n", 0, at)
                raise UserError(f"line {line}: a byte 0x00, which is no text; set format.encoding, for example utf-16")
            line += block.count(b"\n")


def _check_quotes(content: Opens, form: Csv) -> None:
    """A quote that nothing closes would take all the rest of the file for one value; counting finds it cheaply."""
    with content() as file:
        odd = sum(block.count(b'"') for block in iter(lambda: file.read(BLOCK), b"")) % 2
    if odd and (line := _unclosed(content, form)):
        raise UserError(f"line {line}: a quote opens here and is never closed")


def _unclosed(content: Opens, form: Csv) -> int | None:
    """The line on which the row begins that swallows a row put after the last one."""
    begins = following = 1
    with _open(content, form) as file:
        rows = csv.reader(chain(file, [END]), delimiter=form.separator)
        try:
            for row in rows:
                if row == [END]:
                    return None
                begins, following = following, rows.line_num + 1
        except csv.Error:  # the value grew longer than the module bears
            return following
    return begins


def _parsed(content: Opens, form: Csv, kept: list[str], types: dict[str, pa.DataType]) -> pa.Table:
    ragged: list[arrow_csv.InvalidRow] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    with content() as file:
        table = arrow_csv.read_csv(
            file,
            arrow_csv.ReadOptions(use_threads=False, encoding=form.encoding, column_names=form.names),
            arrow_csv.ParseOptions(delimiter=form.separator, newlines_in_values=True, invalid_row_handler=skip),
            arrow_csv.ConvertOptions(
                include_columns=kept, column_types=types, null_values=form.missing, strings_can_be_null=True
            ),
        )
    if ragged:
        raise UserError(_ragged(content, form, len(ragged), ragged[0].expected_columns))
    if any(pa.types.is_binary(kind) for kind in table.schema.types):
        raise UnicodeError("bytes that are no text")
    return table


def _ragged(content: Opens, form: Csv, count: int, width: int) -> str:
    with _open(content, form) as file:
        odd = ((line, row) for line, row in _rows(file, form) if len(row) != width)
        listed = [f"line {line} has {len(row)}" for line, row in islice(odd, MAX_EXAMPLES)]
    return f"rows: {count} do not have {width} fields, one for each column name; {', '.join(listed)}"
