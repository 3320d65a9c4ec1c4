"""What preprocess hands on: arrays per split, and `fitted.json`, which is enough to treat a new row alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stages.core.artefacts.ragged_rows import RaggedRows, concatenate_ragged
from stages.core.artefacts.read_outputs import load_array, reading_output_of
from stages.core.artefacts.row_numbers import RowNumbers, concatenate_row_numbers
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import FittedStep, apply_steps, undo_steps
from stages.core.runtime.atomic_write import atomic_folder, write_json

FITTED_FILE = "fitted.json"
ROW_RANGE = "rows.json"
TRAIN, VALIDATION, TEST = "train", "validation", "test"
Rows = NDArray[Any] | RaggedRows
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


class InputSpec(_Record):
    """One array that goes into the model. `late` steps are applied to a batch, so that images stay bytes on disk.

    `multi_hot` rows are stored as the ids that occur in them, and are spread out a batch at a time.
    """

    columns: list[str]
    shape: list[int]
    steps: list[FittedStep]
    scaled_per_batch: bool = False
    multi_hot: bool = False

    def place_of(self, columns: Sequence[str]) -> slice | None:
        """Where these columns stand side by side.

        >>> InputSpec(columns=["a", "b", "c"], shape=[3], steps=[]).place_of(["b", "c"])
        slice(1, 3, None)
        """
        first = self.columns.index(columns[0]) if columns[0] in self.columns else len(self.columns)
        place = slice(first, first + len(columns))
        return place if self.columns[place] == list(columns) else None


class TargetSpec(_Record):
    """One thing to predict: a class, or values of one or several columns.

    Values that some input has too, scaled alike, are stored once, `inside` that input.
    """

    columns: list[str]
    encoding: Literal["one_hot", "integer", "values"]
    classes: list[str] | None = None
    steps: list[FittedStep] = []
    stored_in_input: str | None = None

    @property
    def width(self) -> int:
        """How many numbers describe it: one a class, or one a column."""
        return len(self.classes) if self.classes is not None else len(self.columns)


class Fitted(_Record):
    """Learned from the training rows alone."""

    inputs: dict[str, InputSpec]
    targets: dict[str, TargetSpec]
    splits: dict[str, int]
    window: WindowShape | None = None
    dropped_outliers: int = 0
    seen_in_training: dict[str, int] = {}
    versions: dict[str, str] = {}


class RowRange(_Record):
    """The rows of a split that was cut out in one piece."""

    start: int
    stop: int


@dataclass(frozen=True)
class ProcessedSplit:
    """One split's arrays as stored, and `rows`: which raw row each came from."""

    inputs: Mapping[str, Rows]
    targets: Mapping[str, NDArray[Any]]
    rows: RowNumbers


@dataclass(frozen=True)
class ProcessedData:
    fitted: Fitted
    splits: Mapping[str, ProcessedSplit]

    def has(self, split: str) -> bool:
        return self.fitted.splits.get(split, 0) > 0

    def samples(self, split: str) -> int:
        return self.fitted.splits[split]

    def inputs(self, split: str, start: int = 0, stop: int | None = None) -> dict[str, NDArray[np.float32]]:
        """Samples as the model sees them; a slice, so that a long series is never spread out whole."""
        part, window = self.splits[split], self.fitted.window
        return {
            name: _ready(spec, _windowed(part.inputs[name], window)[start:stop])
            for name, spec in self.fitted.inputs.items()
        }

    def targets(self, split: str) -> dict[str, NDArray[Any]]:
        """Targets as the model is trained on them."""
        part, window = self.splits[split], self.fitted.window
        return {n: window.window.targets(a) if window else a for n, a in part.targets.items()}

    def truth(self, split: str) -> dict[str, NDArray[Any]]:
        """Targets in their own unit: class numbers, or values with the scaling undone."""
        return {n: inverse_transform(self.fitted.targets[n], y) for n, y in self.targets(split).items()}

    def raw_row_numbers(self, split: str) -> RowNumbers:
        """The raw row that each sample's target stands in."""
        part, window = self.splits[split], self.fitted.window
        return part.rows[window.window.targets_at(len(part.rows))] if window else part.rows


def merge_splits(processed: ProcessedData, first: str, second: str) -> ProcessedData:
    """The samples of both splits as the first one, and nothing else."""
    a, b = processed.splits[first], processed.splits[second]
    joined_split = ProcessedSplit(
        inputs={n: _one_after_another(rows, b.inputs[n]) for n, rows in a.inputs.items()},
        targets={n: np.concatenate([y, b.targets[n]]) for n, y in a.targets.items()},
        rows=concatenate_row_numbers([a.rows, b.rows]),
    )
    fitted = processed.fitted.model_copy(update={"splits": {first: len(joined_split.rows)}})
    return ProcessedData(fitted, {first: joined_split})


def _one_after_another(a: Rows, b: Rows) -> Rows:
    if isinstance(a, RaggedRows) and isinstance(b, RaggedRows):
        return concatenate_ragged([a, b])
    return np.concatenate([a, b])


def target_stored_in_input(
    target: TargetSpec, specs: Mapping[str, InputSpec], inputs: Mapping[str, Rows]
) -> NDArray[Any]:
    """The target's columns of the input that has them."""
    assert target.stored_in_input is not None
    stored, place = inputs[target.stored_in_input], specs[target.stored_in_input].place_of(target.columns)
    assert place is not None
    assert not isinstance(stored, RaggedRows)
    return stored[:, place]


def inverse_transform(target: TargetSpec, y: NDArray[Any]) -> NDArray[Any]:
    """Class numbers from either encoding, or values as they were measured."""
    if target.encoding == "one_hot":
        numbers: NDArray[Any] = np.argmax(y, axis=-1)
        return numbers
    if target.encoding == "integer":
        return np.asarray(y)
    values: NDArray[Any] = undo_steps(target.steps, np.asarray(y, np.float64))
    return values


def _windowed(rows: Rows, shape: WindowShape | None) -> Rows:
    return rows if shape is None or isinstance(rows, RaggedRows) else shape.window.inputs(rows)


def _ready(spec: InputSpec, batch: Rows) -> NDArray[np.float32]:
    if isinstance(batch, RaggedRows):
        return batch.multi_hot(spec.shape[0])
    batch = batch.astype(np.float32, copy=False)
    ready: NDArray[np.float32] = apply_steps(spec.steps, batch) if spec.scaled_per_batch else batch
    return ready


def write_processed(processed: ProcessedData, target: Path) -> None:
    with atomic_folder(target) as folder:
        for name, split in processed.splits.items():
            _write_split(split, processed.fitted, folder / name)
        write_json(folder / FITTED_FILE, processed.fitted.model_dump())


def _write_split(split: ProcessedSplit, fitted: Fitted, folder: Path) -> None:
    folder.mkdir()
    for name, rows in split.inputs.items():
        for part, array in _parts(rows).items():
            np.save(folder / f"input.{name}{part}.npy", np.ascontiguousarray(array))
    for name, target in split.targets.items():
        if fitted.targets[name].stored_in_input is None:
            np.save(folder / f"target.{name}.npy", np.ascontiguousarray(target))
    _write_rows(split.rows, folder)


def _write_rows(rows: RowNumbers, folder: Path) -> None:
    if isinstance(rows, range):
        write_json(folder / ROW_RANGE, RowRange(start=rows.start, stop=rows.stop).model_dump())
    else:
        np.save(folder / "rows.npy", rows)


def _parts(rows: Rows) -> dict[str, NDArray[Any]]:
    return {".ids": rows.ids, ".offsets": rows.offsets} if isinstance(rows, RaggedRows) else {"": rows}


def read_fitted(folder: Path) -> Fitted:
    with reading_output_of("preprocess", folder.name, folder / FITTED_FILE):
        return Fitted.model_validate_json((folder / FITTED_FILE).read_bytes())


def read_processed(folder: Path) -> ProcessedData:
    fitted = read_fitted(folder)
    return ProcessedData(fitted, {name: _read_split(fitted, folder, name) for name in fitted.splits})


def _read_split(fitted: Fitted, folder: Path, split: str) -> ProcessedSplit:
    def load(name: str) -> NDArray[Any]:
        path = folder / split / f"{name}.npy"
        with reading_output_of("preprocess", folder.name, path):
            return load_array(path)

    def load_input(name: str, spec: InputSpec) -> Rows:
        if spec.multi_hot:
            return RaggedRows(load(f"input.{name}.ids"), load(f"input.{name}.offsets"))
        return load(f"input.{name}")

    consecutive = folder / split / ROW_RANGE
    inputs = {n: load_input(n, spec) for n, spec in fitted.inputs.items()}
    return ProcessedSplit(
        inputs=inputs,
        targets={
            n: load(f"target.{n}") if t.stored_in_input is None else target_stored_in_input(t, fitted.inputs, inputs)
            for n, t in fitted.targets.items()
        },
        rows=_read_consecutive(consecutive, folder.name) if consecutive.is_file() else load("rows"),
    )


def _read_consecutive(path: Path, key: str) -> range:
    with reading_output_of("preprocess", key, path):
        found = RowRange.model_validate_json(path.read_bytes())
        return range(found.start, found.stop)
