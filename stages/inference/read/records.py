"""Rows that are records: JSON objects, the fields of a form, texts by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema
from stages.inference.read.build_block import BlockBuilder, RowCheck, WrittenRows
from stages.inference.read.match_columns import MatchedColumns, match_columns
from stages.inference.read.row_block import RowBlock
from stages.inference.row_problems import RowProblem

Record = Mapping[str, Any]


def rows_from_records(records: Sequence[Record], schema: InputSchema, check: RowCheck | None = None) -> RowBlock:
    """One row for each record. Raises UserError if a column is in none of them."""
    builder = BlockBuilder(schema, schema.json_notation.missing, check)
    return builder.build(written_rows(records, schema, 1))


def written_rows(records: Sequence[Record], schema: InputSchema, first_number: int) -> WrittenRows:
    """`first_number` is that of the first record in the input."""
    names = list(dict.fromkeys(name for record in records for name in record))
    matched = match_columns(_with_optional(names, schema), schema)
    problems = _absent_keys(records, names, matched, schema, first_number)
    broken = {problem.row for problem in problems}
    numbers = [number for number in range(first_number, first_number + len(records)) if number not in broken]
    complete = records if not broken else [records[number - first_number] for number in numbers]
    names = _with_optional(names, schema)
    return WrittenRows(
        numbers,
        {column: [record.get(names[n]) for record in complete] for column, n in matched.needed.items()},
        {column: [record.get(names[n]) for record in complete] for column, n in matched.carried.items()},
        problems,
        {number: records[number - first_number] for number in sorted(broken)},
    )


def _with_optional(names: Sequence[str], schema: InputSchema) -> list[str]:
    return [*names, *(column.name for column in schema.columns if column.optional and column.name not in names)]


def _absent_keys(
    records: Sequence[Record], names: Sequence[str], matched: MatchedColumns, schema: InputSchema, first_number: int
) -> list[RowProblem]:
    optional = {column.name for column in schema.columns if column.optional}
    needed = {column: names[n] for column, n in matched.needed.items() if column not in optional}
    if all(name in record for record in records for name in needed.values()):
        return []
    return [
        RowProblem(number, column, "no value; write null if it is missing")
        for number, record in enumerate(records, first_number)
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
