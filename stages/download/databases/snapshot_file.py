"""A snapshot: the result of a query as text, the same bytes for the same result.

The first line has the names and types of the columns, every other line the values of a row, as JSON: text, truth
values and missing values as they are, integers in digits, floating-point numbers with as many digits as tell them from
all others, exact decimal numbers, dates and times as text in ISO 8601, those with a time zone in UTC.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from math import isfinite
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import pyarrow as pa

from stages.core.errors import ErrorList, UserError
from stages.download.databases.query_result import BLOCK_ROWS, ColumnType, QueryResult
from stages.download.formats.tables.typed_rows import FoundColumn, TypedRows
from stages.download.formats.typed_values.spilled_blocks import SpilledBlocks

VERSION = 1
ARROW_TYPES = {
    "integer": pa.int64(),
    "real": pa.float64(),
    "numeric": pa.string(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "date": pa.string(),
    "timestamp": pa.string(),
    "timestamp with time zone": pa.string(),
    "unknown": pa.null(),
}
# JSON has their values as Python has them.
PLAIN_TYPES: set[ColumnType] = {"integer", "boolean", "text"}
TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
PYTHON_TYPES: dict[type, ColumnType] = {int: "integer", float: "real", str: "text"}


def write_snapshot(result: QueryResult, path: Path) -> int:
    """Write the snapshot and return the number of rows.

    Raises UserError for a result without rows, columns of the same name, and values that the text cannot hold.
    """
    _check_names(result.names)
    with TemporaryFile(dir=path.parent) as rows:
        types, count = _write_rows(result, rows)
        if count == 0:
            raise UserError("the query gives no rows")
        rows.seek(0)
        header = {"version": VERSION, "columns": [list(pair) for pair in zip(result.names, types, strict=True)]}
        with path.open("wb") as output:
            output.write(_line(header))
            shutil.copyfileobj(rows, output)
    return count


def read_snapshot(path: Path, scratch: Path) -> TypedRows:
    """The rows with Arrow's types. Numeric columns are text, which holds them exactly; times are in UTC.

    `scratch` is a folder that is needed as long as the rows are read.
    """
    with path.open("rb") as file:
        types = dict(json.loads(file.readline())["columns"])
        schema = pa.schema([(name, ARROW_TYPES[column_type]) for name, column_type in types.items()])
        blocks, count, gaps = SpilledBlocks(scratch), 0, dict.fromkeys(types, 0)
        while lines := list(islice(file, BLOCK_ROWS)):
            block = _with_times(pa.Table.from_batches([_read_block(lines, schema)]), types).to_batches()[0]
            blocks.add({name: block[name] for name in types}, len(lines))
            gaps = {name: gaps[name] + block[name].null_count for name in types}
            count += len(lines)
    columns = {
        field.name: FoundColumn(field.type, gaps[field.name] < count, gaps[field.name] > 0) for field in block.schema
    }
    return blocks.typed_rows(columns)


def snapshot_types(path: Path) -> dict[str, ColumnType]:
    with path.open("rb") as file:
        return dict(json.loads(file.readline())["columns"])


def _check_names(names: Sequence[str]) -> None:
    errors = ErrorList()
    errors.check(bool(names), "the query gives no columns")
    for name in dict.fromkeys(names):
        count = names.count(name)
        errors.check(count < 2, f"column {name!r} occurs {count} times; rename all but one, such as {name} as {name}_2")
    errors.raise_if_any()


def _write_rows(result: QueryResult, output: IO[bytes]) -> tuple[Sequence[ColumnType], int]:
    """Write the rows, and return the types of the columns and the number of rows."""
    found: list[set[ColumnType]] = [set() for _ in result.names]
    count = 0
    for block in result.blocks:
        columns, errors = [], ErrorList()
        for n, values in enumerate(zip(*block, strict=True)):
            with errors.collect():
                types = {result.types[n]} if result.types else _value_types(result.names[n], values, count)
                found[n] |= types
                columns.append(values if types <= PLAIN_TYPES else _as_json(values, result.names[n], count))
        errors.raise_if_any()
        output.writelines(map(_line, zip(*columns, strict=True)))
        count += len(block)
    return [_column_type(name, types) for name, types in zip(result.names, found, strict=True)], count


def _value_types(name: str, values: Sequence[Any], before: int) -> set[ColumnType]:
    """The types of values of a database whose columns have none."""
    types = set(map(type, values)) - {type(None)}
    if bytes in types:
        row = before + 1 + next(n for n, value in enumerate(values) if isinstance(value, bytes))
        raise UserError(f"column {name!r} has bytes in row {row}; leave it out, or write hex({name}) as {name}")
    return {PYTHON_TYPES[found] for found in types}


def _column_type(name: str, types: set[ColumnType]) -> ColumnType:
    if types == {"integer", "real"}:
        return "real"
    if len(types) > 1:
        found = " and ".join(sorted(types))
        raise UserError(f"column {name!r} has {found} values; write cast({name} as text) as {name}, or as real")
    return next(iter(types), "unknown")


def _as_json(values: Sequence[Any], name: str, before: int) -> list[Any]:
    """The values as JSON has them. `before` is the number of rows before them."""
    for row, value in enumerate(values, before + 1):
        if isinstance(value, float | Decimal) and not isfinite(value):
            raise UserError(f"column {name!r} has {value} in row {row}; leave such rows out, or select null instead")
    return [_value_as_json(value) for value in values]


def _value_as_json(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()
        case date():  # a datetime is a date
            return value.isoformat()
        case _:
            return value


def _line(value: Any) -> bytes:
    return TO_JSON(value).encode() + b"\n"


def _read_block(lines: Iterable[bytes], schema: pa.Schema) -> pa.RecordBatch:
    columns: Iterator[Any] = zip(*map(json.loads, lines), strict=True)
    return pa.record_batch([_array(values, field) for values, field in zip(columns, schema, strict=True)], schema)


def _array(values: Sequence[Any], field: pa.Field) -> pa.Array:
    try:
        return pa.array(values, field.type)
    except pa.ArrowInvalid:  # integers beside floating-point numbers
        raise UserError(inexact_numbers(field.name)) from None


def inexact_numbers(name: str) -> str:
    return (
        f"column {name!r} has whole numbers above 2^53, which a floating-point number does not hold exactly; write "
        f"cast({name} as text) as {name}"
    )


def _with_times(table: pa.Table, types: dict[str, ColumnType]) -> pa.Table:
    """Dates and times in microseconds."""
    for n, name in enumerate(table.column_names):
        if types[name] in ("date", "timestamp"):
            table = table.set_column(n, name, table[name].cast(pa.timestamp("us")))
        elif types[name] == "timestamp with time zone":
            table = table.set_column(n, name, table[name].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us")))
    return table
