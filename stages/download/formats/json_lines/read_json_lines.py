"""JSON lines as rows: the keys are the columns, and the values of a column are of one kind."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError, format_examples, suggest
from stages.core.text_values.nested_fields import NestedFields
from stages.download.formats.json_lines.json_objects import json_objects
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.tables.table_columns import choose_columns
from stages.download.formats.tables.typed_rows import TypedRows
from stages.download.formats.typed_values.inspect_column import BLOCK_ROWS, ColumnValues, Occurrences
from stages.download.formats.typed_values.spilled_blocks import SpilledBlocks
from stages.download.params.file_params import Files
from stages.download.params.json_lines_params import JsonLines

MAX_COLUMNS = 10_000
Record = dict[str, Any]


def read_json_lines(open_file: OpenFile, params: JsonLines, files: Files, scratch: Path) -> TypedRows:
    """Only the objects of a block of lines are in memory. The rows wait in `scratch` until all types are known."""
    columns = _Columns(params, files, scratch)
    for block in _blocks(json_objects(open_file, params.encoding)):
        columns.add(block)
    return columns.rows()


def _blocks(numbered: Iterator[tuple[int, Record]]) -> Iterator[list[tuple[int, Record]]]:
    while block := list(islice(numbered, BLOCK_ROWS)):
        yield block


class _Columns:
    """What the values of each column are, and in which lines its key is absent. Columns are in the order in which they
    occur.
    """

    def __init__(self, params: JsonLines, files: Files, scratch: Path) -> None:
        self._params, self._files = params, files
        self._nested = NestedFields(params.fields)
        self._values: dict[str, ColumnValues] = {}
        self._absent: dict[str, Occurrences] = {}
        self._blocks = SpilledBlocks(scratch)
        self._rows = 0
        self._first_lines: list[int] = []

    def add(self, block: Sequence[tuple[int, Record]]) -> None:
        lines, records = [line for line, _ in block], []
        for number, (line, record) in enumerate(block):
            flat = self._nested.flatten(record, line) if self._params.fields else record
            if not flat.keys() <= self._values.keys():
                self._add_columns(flat, [*self._first_lines, *lines[: min(number, MAX_EXAMPLES)]], self._rows)
            records.append(flat)
        present = self._count_keys(records)
        self._blocks.add({name: self._block(name, records, present[name], lines) for name in self._values}, len(lines))
        self._first_lines = [*self._first_lines, *lines][:MAX_EXAMPLES]
        self._rows += len(lines)

    def _count_keys(self, records: Sequence[Record]) -> Mapping[str, int]:
        if all(len(record) == len(self._values) for record in records):
            return dict.fromkeys(self._values, len(records))
        return Counter(chain.from_iterable(records))

    def _add_columns(self, record: Record, first_lines: Sequence[int], rows_before: int) -> None:
        """Columns that no line before has; `rows_before` is the number of rows in earlier blocks."""
        for name in record:
            if name not in self._values:
                self._values[name] = ColumnValues(name, self._params, self._files)
                self._values[name].add_missing(rows_before)
                self._absent[name] = Occurrences()
                self._absent[name].add(rows_before, ((line, None) for line in first_lines[:rows_before]))
        if len(self._values) > MAX_COLUMNS:
            raise UserError(f"more than {MAX_COLUMNS:,} different keys; a table is expected")

    def _block(self, name: str, records: Sequence[Record], present: int, lines: Sequence[int]) -> pa.Array:
        column = self._values[name]
        absent = self._absent[name]
        without_key = ((line, None) for line, record in zip(lines, records, strict=True) if name not in record)
        absent.add(len(records) - present, without_key)
        is_left_out = self._files.columns is not None and name not in self._files.columns
        if is_left_out or (absent.count and name not in self._params.optional):
            return column.add_missing(len(records))
        if present == len(records):
            return column.add([record[name] for record in records], lines)
        return column.add([record.get(name) for record in records], lines)

    def rows(self) -> TypedRows:
        if not self._rows:
            raise UserError("empty file")
        self._add_columns(dict.fromkeys(self._may_be_absent_everywhere()), self._first_lines, self._rows)
        self._check_names()
        errors = ErrorList()
        columns = {}
        for name in choose_columns(list(self._values), self._files):
            with errors.collect():
                self._check_absent(name)
                columns[name] = self._values[name].finish(lambda line: f"line {line}")
        errors.raise_if_any()
        return self._blocks.typed_rows(columns)

    def _may_be_absent_everywhere(self) -> list[str]:
        """Optional columns that `columns` names too."""
        return [name for name in self._files.columns or () if name in self._params.optional]

    def _check_names(self) -> None:
        """Raises UserError for names in `fields` and `optional` that no line has."""
        found, errors = list(self._values), ErrorList()
        for name, path in self._params.fields.items():
            errors.check(name in self._values, f"format.fields: no line has {path}")
        for name in self._params.optional:
            known = name in self._values or name in self._params.fields
            errors.check(known, f"format.optional: no column {name!r}; {suggest(name, found)}")
        errors.raise_if_any()

    def _check_absent(self, name: str) -> None:
        absent = self._absent[name]
        if absent.count and name not in self._params.optional:
            lines = format_examples(f"line {line}" for line, _ in absent.examples)
            raise UserError(
                f"column {name!r}: {absent.count:,} of {self._rows:,} lines do not have this key: {lines}; add "
                "it with the value null, or list it in format.optional"
            )
