"""The first cell in which two tables differ."""

import csv
from itertools import zip_longest
from pathlib import Path

import pyarrow.parquet as pq

from stages.cli.verify.comparison.compare_documents import common_length, missing_message
from stages.core.parameters.validation_errors import format_value


def csv_difference(recorded: Path, new: Path) -> str | None:
    """Lines are counted from 1. The column is named where both lines have the columns of the header."""
    with (
        recorded.open(encoding="utf-8", newline="") as recorded_file,
        new.open(encoding="utf-8", newline="") as new_file,
    ):
        recorded_lines, new_lines = csv.reader(recorded_file), csv.reader(new_file)
        header: list[str] = []
        for recorded_cells, new_cells in zip_longest(recorded_lines, new_lines):
            line = max(recorded_lines.line_num, new_lines.line_num)
            if recorded_cells is None or new_cells is None:
                return f"line {line}: {missing_message(is_recorded=new_cells is None)}"
            if recorded_cells != new_cells and len(recorded_cells) == len(new_cells) == len(header):
                column = common_length(recorded_cells, new_cells)
                return f"line {line}, column {header[column]}: {_values(recorded_cells[column], new_cells[column])}"
            if recorded_cells != new_cells:
                return f"line {line}: {_values(','.join(recorded_cells), ','.join(new_cells))}"
            header = header or recorded_cells
    return None


def parquet_difference(recorded: Path, new: Path) -> str | None:
    """The first column that differs, and in it the first row, counted from 0."""
    recorded_table, new_table = pq.ParquetFile(recorded).read(), pq.ParquetFile(new).read()
    recorded_types, new_types = (
        {field.name: str(field.type) for field in table.schema} for table in (recorded_table, new_table)
    )
    if list(recorded_types.items()) != list(new_types.items()):
        return f"columns {_values(recorded_types, new_types)}"
    if recorded_table.num_rows != new_table.num_rows:
        return f"{new_table.num_rows} rows, recorded {recorded_table.num_rows}"
    for name in recorded_types:
        if not recorded_table.column(name).equals(new_table.column(name)):
            recorded_cells, new_cells = (table.column(name).to_pylist() for table in (recorded_table, new_table))
            # Unlike a NaN, its text equals itself.
            row = common_length([*map(repr, recorded_cells)], [*map(repr, new_cells)])
            if row < len(recorded_cells):
                return f"column {name}, row {row}: {_values(recorded_cells[row], new_cells[row])}"
    return None


def _values(recorded: object, new: object) -> str:
    return f"{format_value(new)}, recorded {format_value(recorded)}"
