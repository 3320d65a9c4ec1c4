"""The snapshot of a query as a table."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as compute

from stages.core.artefacts.raw_data import ALL, Table
from stages.core.errors import ErrorList, UserError, format_examples, prefix_errors
from stages.download.databases.query_result import ColumnType
from stages.download.databases.snapshot_file import inexact_numbers, read_snapshot, snapshot_types
from stages.download.databases.snapshots import find_snapshot
from stages.download.finish_table import finish_frame, make_table
from stages.download.formats.csv_text.digits import LARGEST_EXACT_FLOAT
from stages.download.formats.table_columns import choose_columns, plain_frame
from stages.download.params.sql_params import Sql


def load_sql(source: Sql, cache: Path) -> Table:
    snapshot = find_snapshot(source, cache)
    with prefix_errors("result of the query"):
        finished = finish_frame(snapshot_frame(snapshot, source), source)
    return make_table({ALL: finished}, source, _provenance(source))


def snapshot_frame(path: Path, source: Sql) -> pd.DataFrame:
    """The chosen columns of a snapshot, after a check of `key`. Numeric columns are floating-point numbers."""
    table = read_snapshot(path)
    _check_key(table, source)
    columns = choose_columns(table.column_names, source)
    types = snapshot_types(path)
    errors = ErrorList()
    for name in columns:
        with errors.collect():
            table = table.set_column(
                table.column_names.index(name), name, _plain_numbers(name, table[name], types[name])
            )
    errors.raise_if_any()
    return plain_frame(table.select(columns), list(source.classes))


def _plain_numbers(name: str, column: pa.ChunkedArray, column_type: ColumnType) -> pa.ChunkedArray:
    """Numeric values as floating-point numbers. Raises UserError if whole numbers would be rounded."""
    numbers = column.cast(pa.float64()) if column_type == "numeric" else column
    may_round = column_type == "numeric" or (column_type == "integer" and column.null_count)
    if may_round:
        whole = numbers.filter(compute.equal(numbers, compute.round(numbers)))
        largest = compute.max(compute.abs(whole)).as_py()
        if largest is not None and largest > LARGEST_EXACT_FLOAT:
            raise UserError(inexact_numbers(name))
    return numbers


def _check_key(table: pa.Table, source: Sql) -> None:
    errors = ErrorList()
    for name in source.key:
        errors.check(name in table.column_names, f"key names {name!r}, which is no column of the result")
    errors.raise_if_any()
    if not source.key:
        return
    repeated = table.select(source.key).to_pandas().duplicated()
    if repeated.any():
        rows = format_examples(f"row {row + 1}" for row in repeated.index[repeated])
        raise UserError(
            f"key {', '.join(source.key)}: {int(repeated.sum())} rows have the key of an earlier row: {rows}; add "
            "columns to key and to ORDER BY until no two rows are equal in them"
        )


def _provenance(source: Sql) -> dict[str, object]:
    provenance = {
        "source": source.source,
        "sha256": source.sha256,
        "query": source.query,
        "licence": source.licence,
        "citation": source.citation,
    }
    return {name: value for name, value in provenance.items() if value}
