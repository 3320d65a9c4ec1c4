"""Small processed data and parameters, made by hand for one test at a time."""

from typing import Any

import numpy as np

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, ProcessedSplit, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.validation_errors import type_adapter
from stages.train.params import Train

LETTERS = ["a", "b", "c", "d"]


def params(**given: Any) -> Train:
    usual = {
        "model": {"kind": "linear"},
        "output": "linear",
        "loss": "mean_squared_error",
        "optimizer": {"kind": "sgd"},
        "epochs": 1,
        "batch": 4,
    }
    train: Train = type_adapter(Train).validate_python(usual | given)
    return train


def an_input(*shape: int) -> InputSpec:
    return InputSpec(column=NumberColumns(columns=[]), shape=list(shape))


def values(*columns: str) -> TargetSpec:
    return TargetSpec(column=NumberColumns(columns=list(columns or ("y",))))


def classes(encoding: Any, number: int) -> TargetSpec:
    return TargetSpec(column=ClassLabels(columns=["kind"], encoding=encoding, classes=LETTERS[:number]))


def fitted(inputs: dict[str, InputSpec], targets: dict[str, TargetSpec], **more: Any) -> Fitted:
    return Fitted(inputs=inputs, targets=targets, splits={}, **more)


def processed(
    inputs: dict[str, InputSpec], targets: dict[str, TargetSpec], rows: int = 10, validating: int = 4, testing: int = 0
) -> ProcessedData:
    """Random rows, the same every time."""
    shares = {"train": rows, "validation": validating, "test": testing}
    shares = {name: count for name, count in shares.items() if count}
    random = np.random.default_rng(7)
    splits = {name: _split(inputs, targets, count, random) for name, count in shares.items()}
    return ProcessedData(Fitted(inputs=inputs, targets=targets, splits=shares), splits)


def one_split(fitted: Fitted, inputs: dict[str, Any], targets: dict[str, Any], samples: int) -> ProcessedData:
    """Arrays as given, all of them for training."""
    rows = np.arange(len(next(iter(inputs.values()))))
    whole = fitted.model_copy(update={"splits": {"train": samples}})
    return ProcessedData(whole, {"train": ProcessedSplit(inputs, targets, rows)})


def window(length: int, stride: int, horizon: int) -> Window:
    return Window(length=length, stride=stride, horizon=horizon)


def _split(
    inputs: dict[str, InputSpec], targets: dict[str, TargetSpec], count: int, random: np.random.Generator
) -> ProcessedSplit:
    return ProcessedSplit(
        {name: random.normal(size=(count, *spec.shape)).astype("float32") for name, spec in inputs.items()},
        {name: _target(spec, count, random) for name, spec in targets.items()},
        np.arange(count),
    )


def _target(target: TargetSpec, count: int, random: np.random.Generator) -> Any:
    if target.encoding == "values":
        return random.normal(size=(count, target.width)).astype("float32")
    numbers = random.permutation(np.arange(count) % target.width)
    return np.eye(target.width, dtype="float32")[numbers] if target.encoding == "one_hot" else numbers
