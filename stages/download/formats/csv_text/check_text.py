"""Checks of the whole file before it is read: bytes that are no text, and quotes that would swallow text."""

import codecs
import csv
from collections.abc import Iterable
from itertools import chain
from typing import Any

from stages.core.errors import UserError
from stages.core.text_values.csv_line import (
    LINE_ENDS,
    NO_QUOTE,
    closed_line_pattern,
    separator_between_fields,
    special_characters,
    split_line,
)
from stages.download.formats.csv_text.prepared_file import open_text
from stages.download.formats.read_untrusted_files import OpenFile, first_bytes
from stages.download.formats.text_encoding import BLOCK, is_utf8
from stages.download.params.csv_params import Csv

END_ROW = "\0"
ENCODINGS_WITH_ZERO_BYTES = ("utf-16", "utf-32")


def _has_zero_bytes(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith(ENCODINGS_WITH_ZERO_BYTES)


def check_bytes(open_file: OpenFile, params: Csv) -> None:
    """Raises UserError for a zero byte, and for a byte order mark of UTF-8 before text in another encoding."""
    if _has_zero_bytes(params.encoding):
        return
    if first_bytes(open_file).startswith(codecs.BOM_UTF8) and not is_utf8(params.encoding):
        raise UserError(f"begins with the byte order mark of UTF-8, and is not {params.encoding}; set format.encoding")
    with open_file() as file:
        line = 1
        for block in iter(lambda: file.read(BLOCK), b""):
            if (position := block.find(b"\0")) >= 0:
                line += block.count(b"\n", 0, position)
                raise UserError(f"line {line}: byte 0x00, which is no text; set format.encoding, for example utf-16")
            line += block.count(b"\n")


def check_quotes(open_file: OpenFile, params: Csv) -> None:
    """A quote that is not closed in its line would make following lines a part of the value.

    Text after a closing quote would lose its quotes. With `line_breaks`, only a quote that is never closed is an error.
    """
    if not _contains_special_characters(open_file, params):
        return
    with open_text(open_file, params) as lines:
        if params.line_breaks:
            if params.escape or not _has_pairs_of_quotes(open_file, params):
                _check_last_quote(lines, params)
            return
        if _every_line_is_a_row(lines, params):
            return
    with open_text(open_file, params) as lines:
        _check_lines(lines, params)


def reader_options(params: Csv) -> dict[str, Any]:
    """The dialect for Python's csv module."""
    options: dict[str, Any] = {"delimiter": separator_between_fields(params), "escapechar": params.escape}
    if params.quote == NO_QUOTE:
        return options | {"quoting": csv.QUOTE_NONE, "quotechar": None}
    return options | {"quotechar": params.quote}


def _contains_special_characters(open_file: OpenFile, params: Csv) -> bool:
    special = [character.encode() for character in special_characters(params)]
    with open_file() as file:
        return any(c in block for block in iter(lambda: file.read(BLOCK), b"") for c in special)


def _has_pairs_of_quotes(open_file: OpenFile, params: Csv) -> bool:
    """Whether the number of quotes is even, so that the last one is closed."""
    with open_file() as file:
        return sum(block.count(params.quote.encode()) for block in iter(lambda: file.read(BLOCK), b"")) % 2 == 0


def _every_line_is_a_row(lines: Iterable[str], params: Csv) -> bool:
    """Quicker than `_check_lines`. False may also be due to blanks after a quote, or to a very long value."""
    rows = csv.reader(lines, strict=True, **reader_options(params))
    try:
        return sum(1 for _ in rows) == rows.line_num
    except csv.Error:
        return False


def _check_lines(lines: Iterable[str], params: Csv) -> None:
    special = special_characters(params)
    is_closed = closed_line_pattern(params).fullmatch
    for number, line in enumerate(lines, start=1):
        if any(character in line for character in special) and not is_closed(line.rstrip(LINE_ENDS)):
            raise UserError(f"line {number}: {_explain_open_value(line.rstrip(LINE_ENDS), params)}")


def _explain_open_value(line: str, params: Csv) -> str:
    if params.escape and split_line(line + params.escape, params) is not None:
        return f"ends with {params.escape}, so that the next line would belong to its last value; correct the line"
    ordinary = "set format.quote: none if quotes are ordinary characters"
    if split_line(line + params.quote, params) is not None:
        return (
            f"a quote opens here and is not closed in this line; {ordinary}, or format.line_breaks: true if values "
            "have line breaks"
        )
    escape = "" if params.escape else rf", or format.escape: '\' if \{params.quote} stands for a quote"
    return f"text follows the quote that closes a value; {ordinary}{escape}"


def _check_last_quote(lines: Iterable[str], params: Csv) -> None:
    row_start = next_start = 1
    # A row is appended to the file. The row that contains it is not closed.
    rows = csv.reader(chain(lines, [END_ROW]), **reader_options(params))
    try:
        for row in rows:
            if row == [END_ROW]:
                return
            row_start, next_start = next_start, rows.line_num + 1
    except csv.Error:  # the value is longer than csv.field_size_limit
        row_start = next_start
    raise UserError(f"line {row_start}: a quote opens here and is never closed")
