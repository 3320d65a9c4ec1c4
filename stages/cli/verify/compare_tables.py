"""The first cell in which two tables differ."""

import csv
from itertools import zip_longest
from pathlib import Path

import pyarrow.parquet as pq

from stages.cli.verify.compare_documents import missing_part
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
            if a != b:
                return f"line {line}{_cell_difference(header, a, b)}"
            header = header or a
    return None


def _cell_difference(header: list[str], recorded: list[str], rerun: list[str]) -> str:
    if not len(recorded) == len(rerun) == len(header):
        return f": {format_value(','.join(rerun))}, recorded {format_value(','.join(recorded))}"
    cells = zip(header, recorded, rerun, strict=True)
    column, old, new = next((name, a, b) for name, a, b in cells if a != b)
    return f", column {column}: {format_value(new)}, recorded {format_value(old)}"


def parquet_difference(recorded: Path, rerun: Path) -> str | None:
    """The first column that differs, and in it the first row, counted from 0."""
    old, new = pq.ParquetFile(recorded).read(), pq.ParquetFile(rerun).read()
    before, after = ({field.name: str(field.type) for field in table.schema} for table in (old, new))
    if list(before.items()) != list(after.items()):
        return f"columns {format_value(after)}, recorded {format_value(before)}"
    if old.num_rows != new.num_rows:
        return f"{new.num_rows} rows, recorded {old.num_rows}"
    for name in before:
        if not old.column(name).equals(new.column(name)):
            pairs = zip(old.column(name), new.column(name), strict=True)
            for row, (a, b) in enumerate((a.as_py(), b.as_py()) for a, b in pairs):
                if repr(a) != repr(b):  # unlike ==, it finds a NaN equal to itself
                    return f"column {name}, row {row}: {format_value(b)}, recorded {format_value(a)}"
    return None
