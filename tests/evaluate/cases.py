"""Small processed sets to evaluate on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, ProcessedSplit, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling

HALVED = LinearScaling(name="standard", offset=[10.0], scale=[2.0])


def values(
    splits: dict[str, tuple[Any, Any]], columns: Sequence[str] = ("y",), steps: Sequence[LinearScaling] = ()
) -> ProcessedData:
    """Inputs and targets per split; targets are given in their own unit and stored scaled."""
    target = TargetSpec(column=NumberColumns(columns=[*columns], steps=[*steps]))
    return assembled({n: ({"x": x}, {"y": stored(y, steps)}) for n, (x, y) in splits.items()}, {"y": target})


def classes(
    numbers: dict[str, list[int]], names: Sequence[str] = ("a", "b", "c"), encoding: Any = "integer"
) -> ProcessedData:
    """One input column without meaning, and the class number of every row."""
    target = TargetSpec(column=ClassLabels(columns=["kind"], encoding=encoding, classes=[*names]))

    def encoded(rows: list[int]) -> NDArray[Any]:
        return np.eye(len(names), dtype=np.float32)[rows] if encoding == "one_hot" else np.array(rows, np.int32)

    parts = {n: ({"x": np.zeros((len(rows), 1))}, {"kind": encoded(rows)}) for n, rows in numbers.items()}
    return assembled(parts, {"kind": target})


def series(
    rows: dict[str, list[float]], length: int, horizon: int, stride: int = 1, steps: Sequence[LinearScaling] = ()
) -> ProcessedData:
    """One column seen through windows; its values are given in their own unit."""
    columns = {n: np.array(v, np.float64)[:, None] for n, v in rows.items()}
    parts = {n: ({"x": column}, {"y": stored(column, steps)}) for n, column in columns.items()}
    target = TargetSpec(column=NumberColumns(columns=["y"], steps=[*steps]))
    return assembled(parts, {"y": target}, Window(length=length, stride=stride, horizon=horizon))


def stored(y: Any, steps: Sequence[LinearScaling]) -> NDArray[np.float64]:
    y = np.asarray(y, np.float64).reshape(len(y), -1)
    for step in steps:
        y = (y - np.array(step.offset)) / np.array(step.scale)
    return y


def assembled(
    parts: dict[str, tuple[dict[str, Any], dict[str, Any]]],
    targets: dict[str, TargetSpec],
    window: Window | None = None,
) -> ProcessedData:
    splits, first = {}, 0
    for name, (x, y) in parts.items():
        size = len(next(iter(x.values())))
        inputs = {n: np.asarray(a, np.float32) for n, a in x.items()}
        outputs = {n: a if targets[n].classes else np.asarray(a, np.float32) for n, a in y.items()}
        splits[name] = ProcessedSplit(inputs, outputs, np.arange(first, first + size))
        first += size
    shapes = {n: list(a.shape[1:]) for n, a in next(iter(splits.values())).inputs.items()}
    fitted = Fitted(
        inputs={n: InputSpec(column=NumberColumns(columns=[n]), shape=shape) for n, shape in shapes.items()},
        targets=targets,
        splits={n: window.count(len(s.rows)) if window else len(s.rows) for n, s in splits.items()},
        window=window,
    )
    return ProcessedData(fitted, splits)
