"""Divides lines into the values of rows."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any

from stages.core.text_values.csv_line import NO_QUOTE, separator_between_fields
from stages.inference.input_schema import TextNotation
from stages.inference.read.csv_text.line_source import LineSource

Row = list[str]


class CsvLines:
    """The rows of some lines. A row of another number of values than `width` may have a quote that is not closed.

    The lines after the first one of such a row are read again, so that one wrong quote takes no other row with it.
    """

    def __init__(self, source: LineSource, notation: TextNotation, width: int) -> None:
        self._source, self._notation, self._width = source, notation, width
        self._read: list[str] = []
        self._reader = csv.reader(self._recorded(), **reader_options(notation))

    def next_rows(self, count: int) -> tuple[list[Row], str | None]:
        """At most `count` rows, blank lines among them as empty rows, and what is wrong with the row after them.

        Raises UnicodeDecodeError.
        """
        rows: list[Row] = []
        self._read.clear()
        try:
            # What was read before an error stays in the list.
            rows.extend(islice(self._reader, count))
        except csv.Error:
            return self._read_again()
        if len(self._read) != len(rows) and any(len(row) not in (0, self._width) for row in rows):
            return self._read_again()
        return rows, None

    def _read_again(self) -> tuple[list[Row], str | None]:
        """The rows before the first one that is wrong. What follows its first line is read next."""
        lines = list(self._read)
        rows: list[Row] = []
        start, error = 0, None
        reader = csv.reader(lines, **reader_options(self._notation))
        while start < len(lines):
            try:
                row = next(reader)
            except csv.Error as found:
                error = _explain(str(found), reader.line_num - start)
                break
            if len(row) not in (0, self._width) and reader.line_num > start + 1:
                error = f"{len(row)} values in a row of {self._width} columns; is a quote not closed?"
                break
            rows.append(row)
            start = reader.line_num
        self._source.give_back(lines[start + 1 :])
        # The one before may have come to the end of the lines.
        self._reader = csv.reader(self._recorded(), **reader_options(self._notation))
        return rows, error

    def _recorded(self) -> Iterator[str]:
        record = self._read.append
        for line in self._source:
            record(line)
            yield line


def _explain(message: str, lines: int) -> str:
    if "field limit" in message and lines == 1:
        return f"a value of more than {csv.field_size_limit():,} characters"
    if "end of data" in message or "field limit" in message:
        return "a quote opens and is not closed"
    return f"not readable as CSV: {message}"


def reader_options(notation: TextNotation) -> dict[str, Any]:
    """The dialect for Python's csv module."""
    options = {"delimiter": separator_between_fields(notation), "escapechar": notation.escape, "strict": True}
    if notation.quote == NO_QUOTE:
        return options | {"quoting": csv.QUOTE_NONE, "quotechar": None}
    return options | {"quotechar": notation.quote}
