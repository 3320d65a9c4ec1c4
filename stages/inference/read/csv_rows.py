"""Rows of text with separated columns."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema, TextNotation
from stages.inference.read.build_block import WrittenRows
from stages.inference.read.match_columns import MatchedColumns, has_all_columns, match_columns
from stages.inference.row_problems import RowProblem

# A few rows stay in the processor's cache, which makes them three times as fast to divide into columns.
SLICE_ROWS = 512
BLOCK_ROWS = 16 * SLICE_ROWS
SEPARATORS = (",", ";", "\t", "|")
Row = list[str]


class CsvRows:
    """The rows of a file whose header decides which column is where. Blank lines are no rows."""

    def __init__(self, lines: TextIO, schema: InputSchema) -> None:
        self._schema = schema
        header, self._separator = _header(lines, schema)
        self.columns = header
        self.matched: MatchedColumns = match_columns(header, schema)
        self._reader = csv.reader(lines, strict=True, **_options(schema.notation, self._separator))
        self._number = 0

    def blocks(self) -> Iterator[WrittenRows]:
        while block := self._block():
            yield block

    def _block(self) -> WrittenRows | None:
        """The next rows; None at the end of the file."""
        parts: list[list[Sequence[str]]] = []
        numbers: list[int] = []
        broken: list[tuple[int, Row, str]] = []
        while len(numbers) + len(broken) < BLOCK_ROWS:
            rows, error = self._next_rows()
            if not rows and error is None:
                break
            complete = [row for row in rows if len(row) == len(self.columns)]
            if len(complete) == len(rows):
                numbers += range(self._number + 1, self._number + 1 + len(rows))
                self._number += len(rows)
            else:
                self._number_rows(rows, numbers, broken)
            if error is not None:
                self._number += 1
                broken.append((self._number, [], error))
            if complete:
                parts.append(list(zip(*complete, strict=True)))
        return self._written(parts, numbers, broken) if numbers or broken else None

    def _next_rows(self) -> tuple[list[Row], str | None]:
        """The next rows that are not blank, and what is wrong with the row after them."""
        rows: list[Row] = []
        try:
            while not rows and (found := list(islice(self._reader, SLICE_ROWS))):
                rows = [row for row in found if row]
        except csv.Error as error:
            return rows, f"not readable as CSV: {error}"
        return rows, None

    def _number_rows(self, rows: Iterable[Row], numbers: list[int], broken: list[tuple[int, Row, str]]) -> None:
        width = len(self.columns)
        for row in rows:
            self._number += 1
            if len(row) == width:
                numbers.append(self._number)
            else:
                broken.append((self._number, row, f"{len(row)} values in a row of {width} columns"))

    def _written(
        self, parts: Sequence[Sequence[Sequence[str]]], numbers: Sequence[int], broken: Sequence[tuple[int, Row, str]]
    ) -> WrittenRows:
        def column(position: int) -> list[str]:
            return [value for part in parts for value in part[position]]

        return WrittenRows(
            numbers,
            {name: column(position) for name, position in self.matched.needed.items()},
            {name: column(position) for name, position in self.matched.carried.items()},
            [RowProblem(number, "", message) for number, _, message in broken],
            {number: dict(zip(self.columns, row, strict=False)) for number, row, _ in broken},
        )


def _header(lines: TextIO, schema: InputSchema) -> tuple[Row, str]:
    """The names of the columns, and the separator with which they are those that the model needs."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UserError("empty; a header with the names of the columns is expected")
    own = schema.notation.separator
    headers = {separator: _fields(first, schema.notation, separator) for separator in (own, *SEPARATORS)}
    separator = next((s for s, header in headers.items() if has_all_columns(header, schema)), own)
    if len(headers[separator]) == 1 and separator == own:
        # The wrong separator would give messages about one long name.
        separator = max(headers, key=lambda s: len(headers[s]))
    return headers[separator], separator


def _fields(line: str, notation: TextNotation, separator: str) -> Row:
    try:
        return next(csv.reader([line], strict=False, **_options(notation, separator)), [])
    except csv.Error as error:
        raise UserError(f"header: not readable as CSV: {error}") from None


def _options(notation: TextNotation, separator: str) -> dict[str, Any]:
    options: dict[str, Any] = {"delimiter": separator, "escapechar": notation.escape}
    if notation.quote == "none":
        return options | {"quoting": csv.QUOTE_NONE, "quotechar": None}
    return options | {"quotechar": notation.quote}
