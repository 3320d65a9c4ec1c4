"""Cutting a series into windows, the tutorials' way and ours."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.bench import made
from stages.bench.cases import Case, SideName
from stages.bench.work import Work, again_and_again
from stages.core.processed import TRAIN, Fitted, Input, Processed, Split, Target, WindowShape

LENGTH = 50
BATCH = 1024

Array = NDArray[Any]


def work(side: SideName, case: Case) -> Work:
    return _tutorial(case.rows) if side == "tutorial" else _ours(case.rows)


def split_x(series: Array, size: int) -> Array:
    """As the tutorials write it: a list of slices, made an array."""
    rows = []
    for i in range(len(series) - size + 1):
        rows.append(series[i : i + size])  # noqa: PERF401
    return np.array(rows)


def copied(series: Array, length: int) -> tuple[Array, Array]:
    """Inputs and targets: the window's last value is what the others are to tell."""
    windows = split_x(series, length + 1)
    return windows[:, :-1], windows[:, -1]


def seen(series: Array, length: int) -> Processed:
    """The series as preprocess hands it on, with its windows a view."""
    count = len(series) - length
    fitted = Fitted(
        inputs={"x": Input(columns=["value"], shape=[length, 1], steps=[])},
        targets={"value": Target(columns=["value"], encoding="values")},
        splits={TRAIN: count},
        window=WindowShape(length=length, stride=1, horizon=1),
    )
    column = series.astype(np.float32)[:, None]
    return Processed(fitted, {TRAIN: Split({"x": column}, {"value": column}, np.arange(len(series)))})


def _tutorial(points: int) -> Work:
    series = made.series(points)
    cells = (points - LENGTH) * (LENGTH + 1)
    return Work(again_and_again(partial(copied, series, LENGTH)), cells * series.itemsize)


def _ours(points: int) -> Work:
    processed = seen(made.series(points), LENGTH)

    def prepare() -> object:
        return np.ascontiguousarray(processed.inputs(TRAIN, 0, BATCH)["x"]), processed.targets(TRAIN)

    return Work(again_and_again(prepare), _on_disk(processed.splits[TRAIN]))


def _on_disk(split: Split) -> int:
    """Inputs, targets and row numbers are files of their own."""
    arrays = [*split.inputs.values(), *split.targets.values(), split.rows]
    return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))
