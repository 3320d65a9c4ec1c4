"""Both sides of the case `windows`: a series is cut into windows."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.cases import Case, SideName
from benchmarks.sides.prepared_work import PreparedWork, repeat_until_stopped
from benchmarks.sides.synthetic_data import series
from benchmarks.sides.tutorial_windows import Array, copy_windows
from stages.core.artefacts.processed import TRAIN, ProcessedData, read_processed, write_processed
from stages.core.artefacts.raw.raw_data import ALL, Table
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

LENGTH = 50
BATCH = 1024
PREPROCESS = {"targets": "value", "split": {"order": "chronological"}}


def load_prepared_work(side: SideName, case: Case, folder: Path) -> PreparedWork:
    return _tutorial_run(case.rows) if side == "tutorial" else _our_run(case.rows, folder / "series")


def _tutorial_run(points: int) -> PreparedWork:
    values = series(points)
    copied_values = (points - LENGTH) * (LENGTH + 1)
    return PreparedWork(repeat_until_stopped(partial(copy_windows, values, LENGTH)), copied_values * values.itemsize)


def _our_run(points: int, folder: Path) -> PreparedWork:
    values = series(points)

    def prepare_first_batch() -> object:
        processed = preprocess_series(values, LENGTH, folder)
        return np.ascontiguousarray(processed.inputs(TRAIN, 0, BATCH)["x"]), processed.targets(TRAIN)

    prepare_first_batch()
    stored_bytes = sum(file.stat().st_size for file in folder.rglob("*.*"))
    return PreparedWork(repeat_until_stopped(prepare_first_batch), stored_bytes)


def preprocess_series(values: Array, length: int, folder: Path) -> ProcessedData:
    """Run preprocess, write its output to the folder, and read it back as train does."""
    params: Preprocess = type_adapter(Preprocess).validate_python(PREPROCESS | {"window": {"length": length}})
    frame = pd.DataFrame({"value": values}, copy=False)
    write_processed(preprocess(Table({ALL: frame}, kind="series"), params), folder)
    return read_processed(folder)
