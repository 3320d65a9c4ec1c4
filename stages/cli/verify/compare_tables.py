"""The first cell in which two tables differ."""

import csv
from itertools import zip_longest
from pathlib import Path

import pyarrow.parquet as pq

from stages.cli.verify.compare_documents import common_length, missing_part
from stages.core.validation_errors import format_value


def csv_difference(recorded: Path, rerun: Path) -> str | None:
    """Lines are counted from 1. The column is named where both lines have the columns of the header."""
    with recorded.open(encoding="utf-8", newline="") as old, rerun.open(encoding="utf-8", newline="") as new:
        before, after = csv.reader(old), csv.reader(new)
        header: list[str] = []
        for a, b in zip_longest(before, after):
            line = max(before.line_num, after.line_num)
            if a is None or b is None:
                return f"line {line}: {missing_part(recorded=b is None)}"
            if a != b and len(a) == len(b) == len(header):
                column = common_length(a, b)
                return f"line {line}, column {header[column]}: {_values(b[column], a[column])}"
            if a != b:
                return f"line {line}: {_values(','.join(b), ','.join(a))}"
            header = header or a
    return None


def parquet_difference(recorded: Path, rerun: Path) -> str | None:
    """The first column that differs, and in it the first row, counted from 0."""
    old, new = pq.ParquetFile(recorded).read(), pq.ParquetFile(rerun).read()
    before, after = ({field.name: str(field.type) for field in table.schema} for table in (old, new))
    if list(before.items()) != list(after.items()):
        return f"columns {_values(after, before)}"
    if old.num_rows != new.num_rows:
        return f"{new.num_rows} rows, recorded {old.num_rows}"
    for name in before:
        if not old.column(name).equals(new.column(name)):
            a, b = old.column(name).to_pylist(), new.column(name).to_pylist()
            # Unlike a NaN, its text equals itself.
            row = common_length([*map(repr, a)], [*map(repr, b)])
            if row < len(a):
                return f"column {name}, row {row}: {_values(b[row], a[row])}"
    return None


def _values(rerun: object, recorded: object) -> str:
    return f"{format_value(rerun)}, recorded {format_value(recorded)}"
