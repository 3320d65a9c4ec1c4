"""Cutting a series into windows, the tutorials' way and ours."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import synthetic_data as made
from benchmarks.cases import Case, SideName
from benchmarks.side_work import Work, again_and_again
from benchmarks.tutorial_windows import Array, copied
from stages.core.artefacts.processed import TRAIN, ProcessedData, read_processed, write_processed
from stages.core.artefacts.raw import ALL, Table
from stages.core.validation_errors import type_adapter
from stages.preprocess.params import Preprocess
from stages.preprocess.pipeline import preprocess

LENGTH = 50
BATCH = 1024
PREPARED = {"targets": "value", "split": {"order": "chronological"}}


def work(side: SideName, case: Case, folder: Path) -> Work:
    return _tutorial(case.rows) if side == "tutorial" else _ours(case.rows, folder)


def handed_on(series: Array, length: int, folder: Path) -> ProcessedData:
    """What preprocess makes of the series, as the next stage finds it: one file that both sides of a window view."""
    params: Preprocess = type_adapter(Preprocess).validate_python(PREPARED | {"window": {"length": length}})
    frame = pd.DataFrame({"value": series}, copy=False)
    write_processed(preprocess(Table({ALL: frame}, kind="series"), params), folder)
    return read_processed(folder)


def _tutorial(points: int) -> Work:
    series = made.series(points)
    cells = (points - LENGTH) * (LENGTH + 1)
    return Work(again_and_again(partial(copied, series, LENGTH)), cells * series.itemsize)


def _ours(points: int, folder: Path) -> Work:
    series, target = made.series(points), folder / "series"

    def prepare() -> object:
        processed = handed_on(series, LENGTH, target)
        return np.ascontiguousarray(processed.inputs(TRAIN, 0, BATCH)["x"]), processed.targets(TRAIN)

    prepare()
    return Work(again_and_again(prepare), sum(file.stat().st_size for file in target.rglob("*.*")))
