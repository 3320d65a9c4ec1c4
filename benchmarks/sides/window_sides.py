"""Both sides of the case `windows`: a series is cut into windows."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.cases import Case, SideName
from benchmarks.sides.synthetic_data import series
from benchmarks.sides.tutorial_windows import Array, copy_windows
from benchmarks.sides.workload import Workload, repeat_until_stopped
from stages.core.artefacts.processed import TRAIN, ProcessedData, read_processed, write_processed
from stages.core.artefacts.raw import ALL, Table
from stages.core.validation_errors import type_adapter
from stages.preprocess.__main__ import preprocess
from stages.preprocess.params import Preprocess

LENGTH = 50
BATCH = 1024
PREPROCESS = {"targets": "value", "split": {"order": "chronological"}}


def load_workload(side: SideName, case: Case, folder: Path) -> Workload:
    return _tutorial_workload(case.rows) if side == "tutorial" else _our_workload(case.rows, folder / "series")


def _tutorial_workload(points: int) -> Workload:
    values = series(points)
    copied_values = (points - LENGTH) * (LENGTH + 1)
    return Workload(repeat_until_stopped(partial(copy_windows, values, LENGTH)), copied_values * values.itemsize)


def _our_workload(points: int, folder: Path) -> Workload:
    values = series(points)

    def prepare_first_batch() -> object:
        processed = preprocess_series(values, LENGTH, folder)
        return np.ascontiguousarray(processed.inputs(TRAIN, 0, BATCH)["x"]), processed.targets(TRAIN)

    prepare_first_batch()
    stored_bytes = sum(file.stat().st_size for file in folder.rglob("*.*"))
    return Workload(repeat_until_stopped(prepare_first_batch), stored_bytes)


def preprocess_series(values: Array, length: int, folder: Path) -> ProcessedData:
    """Run preprocess, write its output to the folder, and read it back as train does."""
    params: Preprocess = type_adapter(Preprocess).validate_python(PREPROCESS | {"window": {"length": length}})
    frame = pd.DataFrame({"value": values}, copy=False)
    write_processed(preprocess(Table({ALL: frame}, kind="series"), params), folder)
    return read_processed(folder)
