"""Rows of a file whose types are known before the rows are read, so that they need not be in memory at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from stages.core.artefacts.raw.arrow_types import plain_type
from stages.core.errors import ErrorList


@dataclass(frozen=True)
class FoundColumn:
    """The type of a column, and whether any of its rows has a value, and any has none."""

    type: pa.DataType
    has_values: bool = True
    has_gaps: bool = False


@dataclass(frozen=True)
class TypedRows:
    """`read` gives the rows in tables of any size, each with these columns and their types."""

    columns: Mapping[str, FoundColumn]
    count: int
    read: Callable[[], Iterator[pa.Table]]

    def table(self) -> pa.Table:
        """All rows in memory."""
        schema = pa.schema([(name, column.type) for name, column in self.columns.items()])
        return pa.concat_tables([schema.empty_table(), *self.read()])


def found_column(values: pa.ChunkedArray) -> FoundColumn:
    gaps = values.null_count
    return FoundColumn(values.type, gaps < len(values), gaps > 0)


def plain_rows(rows: TypedRows, class_columns: Sequence[str]) -> TypedRows:
    """Columns of numbers, text, truth values and times. Columns of classes are text, also if they look like numbers."""
    errors, columns = ErrorList(), {}
    for name, found in rows.columns.items():
        nested = pa.types.is_nested(found.type) or pa.types.is_binary(found.type)
        errors.check(not nested, f"column {name!r} holds {found.type}; leave it out of `columns`")
        plain = pa.string() if name in class_columns else plain_type(found.type)
        columns[name] = replace(found, type=plain)
    errors.raise_if_any()
    schema = pa.schema([(name, column.type) for name, column in columns.items()])
    return TypedRows(columns, rows.count, lambda: _cast(rows.read(), schema))


def _cast(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    return (table.replace_schema_metadata(None).cast(schema) for table in tables)
