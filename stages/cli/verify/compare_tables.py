"""The first cell in which two tables differ."""

import csv
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stages.core.validation_errors import format_value

AT_ONCE = 1 << 16


def csv_difference(recorded: Path, made: Path) -> str | None:
    """By line, counted from 1, and by column where the header names it."""
    with recorded.open(encoding="utf-8", newline="") as old, made.open(encoding="utf-8", newline="") as new:
        before, after = csv.reader(old), csv.reader(new)
        header: list[str] = []
        for a, b in zip_longest(before, after):
            line = max(before.line_num, after.line_num)
            if a is None or b is None:
                return f"line {line}: {'not recorded' if a is None else 'recorded, but not made'}"
            if a != b:
                return f"line {line}{_cell(header, a, b)}"
            header = header or a
    return None


def _cell(header: list[str], recorded: list[str], made: list[str]) -> str:
    if len(recorded) != len(made) or len(made) != len(header):
        return f": {format_value(','.join(made))}, recorded {format_value(','.join(recorded))}"
    at = next(n for n, (a, b) in enumerate(zip(recorded, made, strict=True)) if a != b)
    return f", column {header[at]}: {format_value(made[at])}, recorded {format_value(recorded[at])}"


def parquet_difference(recorded: Path, made: Path) -> str | None:
    """Column by column; rows are counted from 0."""
    old, new = (pq.ParquetFile(file).read() for file in (recorded, made))
    kinds = [dict(zip(t.schema.names, map(str, t.schema.types), strict=True)) for t in (old, new)]
    if list(kinds[0].items()) != list(kinds[1].items()):
        return f"columns {format_value(kinds[1])}, recorded {format_value(kinds[0])}"
    if old.num_rows != new.num_rows:
        return f"{new.num_rows} rows, recorded {old.num_rows}"
    return next(filter(None, (_column(name, old.column(name), new.column(name)) for name in kinds[0])), None)


def _column(name: str, recorded: Any, made: Any) -> str | None:
    if recorded.equals(made):
        return None
    for start in range(0, len(recorded), AT_ONCE):
        pairs = zip(recorded.slice(start, AT_ONCE).to_pylist(), made.slice(start, AT_ONCE).to_pylist(), strict=True)
        for row, (a, b) in enumerate(pairs, start):
            if repr(a) != repr(b):
                return f"column {name}, row {row}: {format_value(b)}, recorded {format_value(a)}"
    return None
