"""Rows that are records: JSON objects, the fields of a form, texts by name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stages.core.errors import UserError
from stages.core.text_values.nested_fields import NestedFields
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.build_block import BlockBuilder, RowCheck, WrittenRows
from stages.inference.read.match_columns import MatchedColumns, match_columns
from stages.inference.read.pictures.open_pictures import open_pictures
from stages.inference.read.row_block import RowBlock

Record = Mapping[str, Any]


def rows_from_records(
    records: Sequence[Record], schema: InputSchema, check: RowCheck | None = None, pictures: Path | None = None
) -> RowBlock:
    """One row for each record. Raises UserError if a column is in none of them.

    The paths in a column of pictures are relative to the folder or zip `pictures`; without it, pictures are in base64.
    """
    with open_pictures(pictures, schema) as files:
        builder = BlockBuilder(schema, schema.json_notation.missing, check, files)
        return builder.build(RecordRows(schema).written(dict(enumerate(records, 1))))


class RecordRows:
    """The rows of several blocks of records. A key of the first blocks is a column of the later ones too."""

    def __init__(self, schema: InputSchema) -> None:
        self._schema = schema
        self._optional = {column.name for column in schema.columns if column.optional}
        self._nested = NestedFields(schema.json_notation.fields)
        self._objects = {path[0] for path in self._nested.paths.values()}
        self._names: dict[str, None] = {}

    def written(self, records: Mapping[int, Record], problems: Sequence[RowProblem] = ()) -> WrittenRows:
        """`records` has each one by its number in the input. `problems` are those of rows that are no records."""
        found = list(problems)
        flat = self._flatten(records, found)
        self._names |= {name: None for record in flat.values() for name in record}
        if not flat:
            left_out: dict[int, Record] = {problem.row: {} for problem in found}
            return WrittenRows([], {column.name: [] for column in self._schema.columns}, {}, found, left_out)
        names, matched = self._matched()
        found += self._absent_keys(flat, names, matched)
        broken = {problem.row for problem in found}
        complete = {number: record for number, record in flat.items() if number not in broken}
        return WrittenRows(
            list(complete),
            {column: [record.get(names[n]) for record in complete.values()] for column, n in matched.needed.items()},
            {column: [record.get(names[n]) for record in complete.values()] for column, n in matched.carried.items()},
            found,
            {number: flat.get(number, {}) for number in sorted(broken)},
        )

    def _flatten(self, records: Mapping[int, Record], problems: list[RowProblem]) -> dict[int, Record]:
        """The records with values of nested objects as columns of their own."""
        if not self._objects:
            return dict(records)
        flat: dict[int, Record] = {}
        for number, record in records.items():
            try:
                flat[number] = self._nested.flatten(record, number) if self._objects & record.keys() else record
            except UserError as error:
                problems.append(RowProblem(number, "", str(error)))
        return flat

    def _matched(self) -> tuple[list[str], MatchedColumns]:
        absent = [c.source_name or c.name for c in self._schema.columns if c.optional]
        names = [*self._names, *(name for name in absent if name not in self._names)]
        return names, match_columns(names, self._schema)

    def _absent_keys(
        self, records: Mapping[int, Record], names: Sequence[str], matched: MatchedColumns
    ) -> list[RowProblem]:
        needed = {column: names[n] for column, n in matched.needed.items() if column not in self._optional}
        return [
            RowProblem(number, column, "no value; write null if it is missing")
            for number, record in records.items()
            if not record.keys() >= set(needed.values())
            for column, name in needed.items()
            if name not in record
        ]


def record_from_arguments(arguments: Sequence[str]) -> dict[str, str]:
    """One row from texts such as size=5.1. Raises UserError with all that are not of this form.

    >>> record_from_arguments(["size=5.1", "name=a=b"])
    {'size': '5.1', 'name': 'a=b'}
    """
    if wrong := [text for text in arguments if "=" not in text]:
        raise UserError(*(f"{text!r}: a name and a value are expected, as in size=5.1" for text in wrong))
    names = [text.partition("=")[0] for text in arguments]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(*(f"{name!r} is given more than once" for name in repeated))
    return dict(zip(names, (text.partition("=")[2] for text in arguments), strict=True))
