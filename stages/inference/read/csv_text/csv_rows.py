"""Rows of text with separated columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TextIO

from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema
from stages.inference.read.build_block import WrittenRows
from stages.inference.read.csv_text.csv_header import find_header
from stages.inference.read.csv_text.csv_lines import CsvLines, Row
from stages.inference.read.match_columns import match_columns
from stages.inference.read.open_input import undecodable
from stages.inference.row_problems import RowProblem

# A few rows stay in the processor's cache while they are divided into columns.
SLICE_ROWS = 512
BLOCK_ROWS = 16 * SLICE_ROWS


class CsvRows:
    """The rows of a file whose header decides which column is where. Blank lines are no rows."""

    def __init__(self, text: TextIO, schema: InputSchema) -> None:
        header = find_header(text, schema)
        self.columns = header.names
        self._matched = match_columns(self.columns, schema)
        self._lines = CsvLines(chain(header.lines, text), header.notation, len(header.names))
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
            complete = self._number_rows(rows, numbers, broken)
            if complete:
                parts.append(list(zip(*complete, strict=True)))
            if error is not None:
                self._number += 1
                broken.append((self._number, [], error))
        return self._written(parts, numbers, broken) if numbers or broken else None

    def _next_rows(self) -> tuple[list[Row], str | None]:
        """The next rows that are not blank, and what is wrong with the row after them."""
        try:
            while True:
                found, error = self._lines.next_rows(SLICE_ROWS)
                rows = [row for row in found if row]
                if rows or error or not found:
                    return rows, error
        except UnicodeDecodeError as error:
            raise UserError(f"after row {self._number:,}: {undecodable(error)}") from None

    def _number_rows(self, rows: Iterable[Row], numbers: list[int], broken: list[tuple[int, Row, str]]) -> list[Row]:
        """The rows with a value for each column."""
        width = len(self.columns)
        complete = []
        for number, row in enumerate(rows, self._number + 1):
            if len(row) == width:
                complete.append(row)
                numbers.append(number)
            else:
                broken.append((number, row, f"{len(row)} values in a row of {width} columns"))
            self._number = number
        return complete

    def _written(
        self, parts: Sequence[Sequence[Sequence[str]]], numbers: Sequence[int], broken: Sequence[tuple[int, Row, str]]
    ) -> WrittenRows:
        def column(position: int) -> list[str]:
            return [value for part in parts for value in part[position]]

        return WrittenRows(
            numbers,
            {name: column(position) for name, position in self._matched.needed.items()},
            {name: column(position) for name, position in self._matched.carried.items()},
            [RowProblem(number, "", message) for number, _, message in broken],
            {number: dict(zip(self.columns, row, strict=False)) for number, row, _ in broken},
        )
