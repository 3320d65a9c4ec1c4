"""Rows of text with separated columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import Any, TextIO

from stages.core.errors import UserError
from stages.core.text_values.csv_line import LINE_ENDS
from stages.core.text_values.prepared_lines import prepare_lines
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.build_block import WrittenRows
from stages.inference.read.csv_text.csv_header import find_header
from stages.inference.read.csv_text.csv_lines import CsvLines, Row
from stages.inference.read.csv_text.line_source import LineSource
from stages.inference.read.csv_text.plain_lines import PlainLines, may_be_number, number_columns
from stages.inference.read.match_columns import match_columns
from stages.inference.read.open_input import undecodable

# A few rows stay in the processor's cache while they are divided into columns.
SLICE_ROWS = 512
BLOCK_LINES = 16 * SLICE_ROWS


@dataclass
class _BrokenRows:
    """The rows that are not divided into columns, and what is wrong with them."""

    rows: dict[int, Row] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def add(self, number: int, row: Row, message: str) -> None:
        self.rows[number] = row
        self.problems.append(RowProblem(number, "", message))


class CsvRows:
    """The rows of a file whose header decides which column is where. Blank lines are no rows."""

    def __init__(self, text: TextIO, schema: InputSchema) -> None:
        header = find_header(text, schema)
        self.columns = header.names
        self._matched = match_columns(self.columns, schema)
        lines = chain(header.lines, text)
        self._source = LineSource(prepare_lines(lines, header.notation) if header.notation.changes_lines else lines)
        self._lines = CsvLines(self._source, header.notation, len(self.columns))
        self._plain = PlainLines(len(self.columns), number_columns(schema, self._matched.needed), header.notation)
        self._number = 0

    def blocks(self) -> Iterator[WrittenRows]:
        try:
            while lines := self._source.take(BLOCK_LINES):
                columns = self._plain.columns(lines)
                if columns is not None:
                    numbers = self._next_numbers(len(columns[0]))
                    yield replace(self._written(columns, numbers), texts=partial(self._texts, lines))
                else:
                    self._source.give_back(lines)
                    yield from self._block_of_rows(len(lines))
        except UnicodeDecodeError as error:
            raise UserError(f"after row {self._number:,}: {undecodable(error)}") from None

    def _block_of_rows(self, count: int) -> Iterator[WrittenRows]:
        """The rows of so many lines. There may be none: the lines may be blank."""
        parts: list[list[Row]] = []
        numbers: list[int] = []
        broken = _BrokenRows()
        end = self._source.count + count
        while self._source.count < end:
            rows, error = self._lines.next_rows(min(SLICE_ROWS, end - self._source.count))
            complete = self._number_rows([row for row in rows if row], numbers, broken)
            if complete:
                parts.append([*map(list, zip(*complete, strict=True))])
            if error is not None:
                broken.add(self._next_numbers(1)[0], [], error)
        columns = [[*chain.from_iterable(part[n] for part in parts)] for n in range(len(self.columns))]
        self._plain.read_as_texts([n for n, values in enumerate(columns) if not all(map(may_be_number, values))])
        if numbers or broken.rows:
            yield self._written(columns, numbers, broken)

    def _number_rows(self, rows: Sequence[Row], numbers: list[int], broken: _BrokenRows) -> Sequence[Row]:
        """The rows with a value for each column."""
        width, all_numbers = len(self.columns), self._next_numbers(len(rows))
        if all(len(row) == width for row in rows):
            numbers += all_numbers
            return rows
        complete = []
        for number, row in zip(all_numbers, rows, strict=True):
            if len(row) == width:
                complete.append(row)
                numbers.append(number)
            else:
                broken.add(number, row, f"{len(row)} values in a row of {width} columns")
        return complete

    def _texts(self, lines: Sequence[str], position: int) -> dict[str, str]:
        """Of a row of lines without quotes."""
        line = next(islice((line for line in lines if line.strip(LINE_ENDS)), position, None))
        values = line.rstrip(LINE_ENDS).split(self._plain.separator)
        return {name: values[n] for name, n in {**self._matched.carried, **self._matched.needed}.items()}

    def _next_numbers(self, count: int) -> range:
        first, self._number = self._number + 1, self._number + count
        return range(first, first + count)

    def _written(
        self, columns: Sequence[Any], numbers: Sequence[int], broken: _BrokenRows | None = None
    ) -> WrittenRows:
        found = broken or _BrokenRows()
        return WrittenRows(
            numbers,
            {name: columns[position] for name, position in self._matched.needed.items()},
            {name: columns[position] for name, position in self._matched.carried.items()},
            found.problems,
            {number: dict(zip(self.columns, row, strict=False)) for number, row in found.rows.items()},
        )
