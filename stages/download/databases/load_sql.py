"""The snapshot of a query as a table."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as compute

from stages.core.artefacts.raw.raw_data import ALL, Table
from stages.core.errors import UserError, prefix_errors
from stages.download.databases.check_key import check_key
from stages.download.databases.query_result import ColumnType
from stages.download.databases.snapshot_file import inexact_numbers, read_snapshot, snapshot_types
from stages.download.databases.snapshots import find_snapshot
from stages.download.finish_table import table_of_rows
from stages.download.formats.csv_text.digits import LARGEST_EXACT_FLOAT
from stages.download.formats.tables.table_columns import choose_columns
from stages.download.formats.tables.typed_rows import FoundColumn, TypedRows, plain_rows
from stages.download.params.sql.sql_params import Sql

RESULT = "result of the query"


def load_sql(source: Sql, cache: Path, folder: Path | None = None) -> Table:
    """A large table is written to `folder`. Without it, all rows are in memory."""
    snapshot = find_snapshot(source, cache)
    with TemporaryDirectory(dir=folder, prefix="scratch-") as scratch:
        with prefix_errors(RESULT):
            rows = snapshot_rows(snapshot, source, Path(scratch))
        return table_of_rows({ALL: {RESULT: rows}}, source, _provenance(source), Path(scratch), folder)


def snapshot_rows(path: Path, source: Sql, scratch: Path) -> TypedRows:
    """The chosen columns of a snapshot, after a check of `key`. Numeric columns are floating-point numbers."""
    rows, types = read_snapshot(path, scratch), snapshot_types(path)
    check_key(rows, source.key, scratch)
    columns = choose_columns(list(rows.columns), source)
    numeric = [name for name in columns if types[name] == "numeric"]
    _check_exact_numbers(rows, [name for name in columns if _may_round(types[name], rows.columns[name])], numeric)
    chosen = {
        name: replace(rows.columns[name], type=pa.float64()) if name in numeric else rows.columns[name]
        for name in columns
    }
    schema = pa.schema([(name, column.type) for name, column in chosen.items()])
    typed = TypedRows(chosen, rows.count, lambda: (table.select(columns).cast(schema) for table in rows.read()))
    return plain_rows(typed, list(source.classes))


def _may_round(column_type: ColumnType, column: FoundColumn) -> bool:
    return column_type == "numeric" or (column_type == "integer" and column.has_gaps)


def _check_exact_numbers(rows: TypedRows, names: Sequence[str], numeric: Sequence[str]) -> None:
    """Raises UserError if whole numbers would be rounded as floating-point numbers."""
    rounded = set()
    for table in rows.read() if names else ():
        for name in names:
            numbers = table[name].cast(pa.float64()) if name in numeric else table[name]
            whole = numbers.filter(compute.equal(numbers, compute.round(numbers)))
            largest = compute.max(compute.abs(whole)).as_py()
            if largest is not None and largest > LARGEST_EXACT_FLOAT:
                rounded.add(name)
    if rounded:
        raise UserError(*(inexact_numbers(name) for name in names if name in rounded))


def _provenance(source: Sql) -> dict[str, object]:
    provenance = {
        "source": source.source,
        "sha256": source.sha256,
        "query": source.query,
        "licence": source.licence,
        "citation": source.citation,
    }
    return {name: value for name, value in provenance.items() if value}
