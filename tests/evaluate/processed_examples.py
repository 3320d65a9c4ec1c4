"""Small processed datasets to evaluate on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, ProcessedSplit, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling

STANDARD = LinearScaling(name="standard", offset=[10.0], scale=[2.0])


def values(
    splits: dict[str, tuple[Any, Any]], columns: Sequence[str] = ("y",), steps: Sequence[LinearScaling] = ()
) -> ProcessedData:
    """Inputs and targets of each split. Targets are given in their own unit and stored scaled."""
    target = TargetSpec(column=NumberColumns(columns=[*columns], steps=[*steps]))
    arrays = {name: ({"x": x}, {"y": scaled(y, steps)}) for name, (x, y) in splits.items()}
    return processed_data(arrays, {"y": target})


def classes(
    numbers: dict[str, list[int]], names: Sequence[str] = ("a", "b", "c"), encoding: Any = "integer"
) -> ProcessedData:
    """The class number of every row, and one input column of zeros."""
    target = TargetSpec(column=ClassLabels(columns=["kind"], encoding=encoding, classes=[*names]))

    def encoded(rows: list[int]) -> NDArray[Any]:
        return np.eye(len(names), dtype=np.float32)[rows] if encoding == "one_hot" else np.array(rows, np.int32)

    arrays = {name: ({"x": np.zeros((len(rows), 1))}, {"kind": encoded(rows)}) for name, rows in numbers.items()}
    return processed_data(arrays, {"kind": target})


def series(
    rows: dict[str, list[float]],
    length: int,
    horizon: int,
    stride: int = 1,
    steps: Sequence[LinearScaling] = (),
    all_steps: bool = False,
    season: int | None = None,
) -> ProcessedData:
    """Windows of one column, which is input and target. Values are given in their own unit."""
    columns = {name: np.array(values, np.float64)[:, None] for name, values in rows.items()}
    arrays = {name: ({"x": column}, {"y": scaled(column, steps)}) for name, column in columns.items()}
    target = TargetSpec(column=NumberColumns(columns=["y"], steps=[*steps]), step_count=horizon if all_steps else 1)
    window = Window(length=length, stride=stride, horizon=horizon, steps="all" if all_steps else "last", season=season)
    return with_history(processed_data(arrays, {"y": target}, window), {n: {"y": c} for n, c in columns.items()})


def with_history(data: ProcessedData, history: dict[str, dict[str, NDArray[np.float64]]]) -> ProcessedData:
    return replace(data, splits={name: replace(s, history=history[name]) for name, s in data.splits.items()})


def continued(data: ProcessedData, split: str, first_row: int) -> ProcessedData:
    """The rows of a split are those from this raw row on, so that its windows can begin in the training rows."""
    rows = data.splits[split].rows
    moved = replace(data.splits[split], rows=range(first_row, first_row + len(rows)))
    return replace(data, splits={**data.splits, split: moved})


def class_and_value() -> ProcessedData:
    """Two targets: the class `kind`, and the value `y` = 2x + 1 in the training rows."""
    targets = {
        "kind": TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=["rose", "tulip"])),
        "y": TargetSpec(column=NumberColumns(columns=["size"])),
    }
    arrays = {
        "train": ({"x": [[0.0], [1], [2]]}, {"kind": np.array([0, 1, 1]), "y": np.array([[1.0], [3], [5]])}),
        "test": ({"x": [[3.0], [4]]}, {"kind": np.array([1, 0]), "y": np.array([[7.0], [10]])}),
    }
    return processed_data(arrays, targets)


def scaled(y: Any, steps: Sequence[LinearScaling]) -> NDArray[np.float64]:
    y = np.asarray(y, np.float64).reshape(len(y), -1)
    for step in steps:
        y = (y - np.array(step.offset)) / np.array(step.scale)
    return y


def processed_data(
    arrays: dict[str, tuple[dict[str, Any], dict[str, Any]]],
    targets: dict[str, TargetSpec],
    window: Window | None = None,
) -> ProcessedData:
    """Processed data from the inputs and targets of each split; raw rows are numbered through all splits."""
    splits, first = {}, 0
    for name, (x, y) in arrays.items():
        size = len(next(iter(x.values())))
        inputs = {n: np.asarray(a, np.float32) for n, a in x.items()}
        outputs = {n: a if targets[n].classes else np.asarray(a, np.float32) for n, a in y.items()}
        history = {n: targets[n].inverse(a) for n, a in y.items() if window and not targets[n].classes}
        splits[name] = ProcessedSplit(inputs, outputs, np.arange(first, first + size), history=history)
        first += size
    first_inputs = next(iter(arrays.values()))[0]
    window_shape = [window.length] if window else []
    shapes = {name: window_shape + list(np.shape(array)[1:]) for name, array in first_inputs.items()}
    fitted = Fitted(
        inputs={
            name: InputSpec(column=NumberColumns(columns=_column_names(name, shape)), shape=shape)
            for name, shape in shapes.items()
        },
        targets=targets,
        splits={n: window.count(len(s.rows)) if window else len(s.rows) for n, s in splits.items()},
        window=window,
    )
    return ProcessedData(fitted, splits)


def _column_names(name: str, shape: list[int]) -> list[str]:
    return [name] if shape[-1] == 1 else [f"{name}{position}" for position in range(shape[-1])]
