"""What preprocess hands on: arrays per split, and `fitted.json`, which is enough to treat a new row alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stages.core.reading import load_array, made_by
from stages.core.scaling import Step, apply, undo
from stages.core.windows import Window
from stages.core.writing import whole_folder, write_json

FITTED = "fitted.json"
TRAIN, VALIDATION, TEST = "train", "validation", "test"
SplitName = Literal["train", "validation", "test"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WindowShape(_Record):
    length: int
    stride: int
    horizon: int

    @property
    def window(self) -> Window:
        return Window(self.length, self.stride, self.horizon)


class Input(_Record):
    """One array that goes into the model. `late` steps are applied to a batch, so that images stay bytes on disk."""

    columns: list[str]
    shape: list[int]
    steps: list[Step]
    late: bool = False


class Target(_Record):
    """One thing to predict: a class, or values of one or several columns."""

    columns: list[str]
    encoding: Literal["one_hot", "integer", "values"]
    classes: list[str] | None = None
    steps: list[Step] = []

    @property
    def width(self) -> int:
        """How many numbers describe it: one a class, or one a column."""
        return len(self.classes) if self.classes is not None else len(self.columns)


class Fitted(_Record):
    """Learned from the training rows alone."""

    inputs: dict[str, Input]
    targets: dict[str, Target]
    splits: dict[str, int]
    window: WindowShape | None = None
    dropped_outliers: int = 0
    seen_in_training: dict[str, int] = {}
    versions: dict[str, str] = {}


@dataclass(frozen=True)
class Split:
    """One split's arrays as stored, and `rows`: which raw row each came from."""

    inputs: Mapping[str, NDArray[Any]]
    targets: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Processed:
    fitted: Fitted
    splits: Mapping[str, Split]

    def has(self, split: str) -> bool:
        return self.fitted.splits.get(split, 0) > 0

    def samples(self, split: str) -> int:
        return self.fitted.splits[split]

    def inputs(self, split: str, start: int = 0, stop: int | None = None) -> dict[str, NDArray[np.float32]]:
        """Samples as the model sees them; a slice, so that a long series is never spread out whole."""
        part, window = self.splits[split], self.fitted.window
        return {
            name: _ready(spec, window.window.inputs(array)[start:stop] if window else array[start:stop])
            for name, array, spec in ((n, part.inputs[n], s) for n, s in self.fitted.inputs.items())
        }

    def targets(self, split: str) -> dict[str, NDArray[Any]]:
        """Targets as the model is trained on them."""
        part, window = self.splits[split], self.fitted.window
        return {n: window.window.targets(a) if window else a for n, a in part.targets.items()}

    def truth(self, split: str) -> dict[str, NDArray[Any]]:
        """Targets in their own unit: class numbers, or values with the scaling undone."""
        return {n: own_unit(self.fitted.targets[n], y) for n, y in self.targets(split).items()}

    def raw_rows(self, split: str) -> NDArray[np.int64]:
        """The raw row that each sample's target stands in."""
        part, window = self.splits[split], self.fitted.window
        rows: NDArray[np.int64] = part.rows[window.window.ends(len(part.rows))] if window else part.rows
        return rows


def own_unit(target: Target, y: NDArray[Any]) -> NDArray[Any]:
    """Class numbers from either encoding, or values as they were measured."""
    if target.encoding == "one_hot":
        numbers: NDArray[Any] = np.argmax(y, axis=-1)
        return numbers
    if target.encoding == "integer":
        return np.asarray(y)
    values: NDArray[Any] = undo(target.steps, np.asarray(y, np.float64))
    return values


def _ready(spec: Input, batch: NDArray[Any]) -> NDArray[np.float32]:
    batch = batch.astype(np.float32, copy=False)
    ready: NDArray[np.float32] = apply(spec.steps, batch) if spec.late else batch
    return ready


def write_processed(processed: Processed, target: Path) -> None:
    with whole_folder(target) as folder:
        for name, split in processed.splits.items():
            _write_split(split, folder / name)
        write_json(folder / FITTED, processed.fitted.model_dump())


def _write_split(split: Split, folder: Path) -> None:
    folder.mkdir()
    for kind, arrays in (("input", split.inputs), ("target", split.targets)):
        for name, array in arrays.items():
            np.save(folder / f"{kind}.{name}.npy", np.ascontiguousarray(array))
    np.save(folder / "rows.npy", split.rows)


def read_fitted(folder: Path) -> Fitted:
    with made_by("preprocess", folder.name, folder / FITTED):
        return Fitted.model_validate_json((folder / FITTED).read_bytes())


def read_processed(folder: Path) -> Processed:
    fitted = read_fitted(folder)
    return Processed(fitted, {name: _read_split(fitted, folder, name) for name in fitted.splits})


def _read_split(fitted: Fitted, folder: Path, split: str) -> Split:
    def load(name: str) -> NDArray[Any]:
        path = folder / split / f"{name}.npy"
        with made_by("preprocess", folder.name, path):
            return load_array(path)

    return Split(
        inputs={n: load(f"input.{n}") for n in fitted.inputs},
        targets={n: load(f"target.{n}") for n in fitted.targets},
        rows=load("rows"),
    )
