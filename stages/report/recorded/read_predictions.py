"""Reads the predictions of a dataset. Columns of a large table are arrays in temporary files."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.read_outputs import load_array, read_csv_columns, reading_output_of
from stages.core.artefacts.records.evaluation import ClassesDetail, PredictionDetails, TargetDetail
from stages.core.artefacts.records.record import read_record
from stages.report.recorded.disk_array import DiskArray, disk_array
from stages.report.recorded.recorded_predictions import NO_STEPS, ClassColumn, Predictions, class_columns, from_texts

if TYPE_CHECKING:
    import pyarrow as pa

# A larger file is read by Arrow, which is several times as fast, but takes a moment to load.
LARGE_FILE = 1 << 24
ROW, STEP = "row", "step"


def read_predictions(folder: Path, key: str) -> Predictions:
    details = read_record(PredictionDetails, folder / "details.json", "evaluate", key)
    table = folder / "predictions.csv"
    probabilities = {}
    for name, detail in details.targets.items():
        if isinstance(detail, ClassesDetail):
            path = folder / f"probabilities.{name}.npy"
            with reading_output_of("evaluate", key, path):
                probabilities[name] = load_array(path)
    with reading_output_of("evaluate", key, table, csv.Error, IndexError):
        predictions = replace(read_table(table, details), probabilities=probabilities)
        if any(len(array) != predictions.samples for array in probabilities.values()):
            raise ValueError(f"{predictions.samples} samples, but another number of probabilities")
    return predictions


def read_table(table: Path, details: PredictionDetails, large_file: int | None = None) -> Predictions:
    """Without probabilities. Columns of a file with at least `large_file` bytes are in temporary files.

    Raises ValueError, KeyError or IndexError for a damaged file.
    """
    limit = LARGE_FILE if large_file is None else large_file
    return (read_small_table if table.stat().st_size < limit else read_large_table)(table, details)


def read_small_table(table: Path, details: PredictionDetails) -> Predictions:
    columns = read_csv_columns(table)
    rows = [int(row) for row in columns.pop(ROW)]
    steps = [int(step) for step in columns.pop(STEP, [])]
    return from_texts(details.split, details.targets, rows, columns, {}, steps)


def read_large_table(table: Path, details: PredictionDetails) -> Predictions:
    """The same as read_small_table."""
    check_end(table)
    names, columns = class_columns(details.targets), dict[str, NDArray[Any]]()
    with ExitStack() as stack:
        files: dict[str, DiskArray] = {}
        for block in read_blocks(table, details.targets):
            for name in block.schema.names:
                if name not in files:
                    dtype = np.int64 if name in (ROW, STEP) else np.int32 if name in names else np.float64
                    files[name] = stack.enter_context(disk_array(dtype))
                files[name].append(_numbers(block.column(name), names.get(name)))
        columns = {name: file.map() for name, file in files.items()}
    rows, steps = columns.pop(ROW), columns.pop(STEP, NO_STEPS)
    classes = {name: ClassColumn(names[name], columns.pop(name)) for name in [*columns] if name in names}
    return Predictions(details.split, details.targets, rows, classes, columns, {}, steps)


def check_end(table: Path) -> None:
    """Raises ValueError if the last line is incomplete: the file was cut off."""
    with table.open("rb") as file:
        file.seek(-1, 2)
        if file.read() != b"\n":
            raise ValueError("the last line has no end")


def read_blocks(table: Path, targets: Mapping[str, TargetDetail]) -> Iterator["pa.RecordBatch"]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    with table.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file, strict=True))
    classes = class_columns(targets)
    types = {
        name: pa.int64() if name in (ROW, STEP) else pa.string() if name in classes else pa.float64() for name in header
    }
    reader = arrow_csv.open_csv(
        table,
        arrow_csv.ReadOptions(use_threads=False, block_size=1 << 24),
        arrow_csv.ParseOptions(newlines_in_values=True),
        arrow_csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=False),
    )
    with reader:
        yield from reader


def _numbers(column: "pa.Array", classes: list[str] | None) -> NDArray[Any]:
    if classes is None:
        return np.asarray(column.to_numpy(zero_copy_only=False))
    import pyarrow as pa
    from pyarrow import compute

    numbers = compute.index_in(column, value_set=pa.array(classes, pa.string()))
    if numbers.null_count:
        raise ValueError("a class that is not one of the target")
    return np.asarray(numbers.to_numpy())
