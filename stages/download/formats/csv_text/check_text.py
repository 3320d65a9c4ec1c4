"""Checks of the whole file before it is read: bytes that are no text, and quotes that would swallow text."""

import codecs
import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any, TextIO

from stages.core.errors import UserError
from stages.download.formats.csv_text.line_pattern import (
    LINE_ENDS,
    line_is_closed,
    separator_between_fields,
    split_line,
)
from stages.download.formats.csv_text.prepared_lines import open_prepared_lines
from stages.download.formats.read_untrusted_files import OpenFile, first_bytes
from stages.download.params.csv_params import NO_QUOTE, Csv

END_ROW = "\0"
BLOCK = 1 << 20
ENCODINGS_WITH_ZERO_BYTES = ("utf-16", "utf-32")


def has_zero_bytes(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith(ENCODINGS_WITH_ZERO_BYTES)


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def check_bytes(open_file: OpenFile, params: Csv) -> None:
    """Raises UserError for a zero byte, and for a byte order mark of UTF-8 before text in another encoding."""
    if has_zero_bytes(params.encoding):
        return
    if first_bytes(open_file).startswith(codecs.BOM_UTF8) and not _is_utf8(params.encoding):
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
    if not _has_special_characters(open_file, params):
        return
    file, lines = open_prepared_lines(open_file, params)
    with file:
        if params.line_breaks:
            _check_last_quote(lines, params)
        else:
            _check_lines(lines, params)


def reader_options(params: Csv) -> dict[str, Any]:
    """The dialect for Python's csv module."""
    options: dict[str, Any] = {"delimiter": separator_between_fields(params), "escapechar": params.escape}
    if params.quote == NO_QUOTE:
        return options | {"quoting": csv.QUOTE_NONE, "quotechar": None}
    return options | {"quotechar": params.quote}


def _special_characters(params: Csv) -> list[str]:
    return [c for c in (params.quote if params.quote != NO_QUOTE else None, params.escape) if c]


def _has_special_characters(open_file: OpenFile, params: Csv) -> bool:
    special = [character.encode() for character in _special_characters(params)]
    with open_file() as file:
        return any(c in block for block in iter(lambda: file.read(BLOCK), b"") for c in special)


def _check_lines(lines: Iterator[str], params: Csv) -> None:
    special = _special_characters(params)
    for number, line in enumerate(lines, start=1):
        if any(character in line for character in special) and not line_is_closed(line, params):
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


def _check_last_quote(lines: Iterator[str] | TextIO, params: Csv) -> None:
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
