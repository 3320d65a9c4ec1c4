"""Processed data: arrays of each split, and `fitted.json`, which is enough to transform a new row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pydantic import Field

from stages.core.artefacts.concatenated_arrays import Concatenate
from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows, concatenate_rows
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.artefacts.read_outputs import load_array, reading_output_of
from stages.core.artefacts.records.record import Record, read_record, write_record
from stages.core.artefacts.row_numbers import RowNumbers, concatenate_row_numbers
from stages.core.artefacts.windows import Window
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.columns.categories.class_labels import ClassLabels, LabelEncoding
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.columns.scaling import FittedStep, ScaledColumns
from stages.core.columns.series.forecast_inverse import SeriesHistory, invert_forecast
from stages.core.columns.series.row_steps import FittedDifference
from stages.core.columns.series.window_steps import (
    FittedNormalizeWindow,
    FittedRelativeToLast,
    FittedWindowStep,
    apply_to_targets,
    apply_window_steps,
)

FITTED_FILE = "fitted.json"
ROW_RANGE = "rows.json"
TRAIN, VALIDATION, TEST = "train", "validation", "test"
SplitName = Literal["train", "validation", "test"]
# Which samples of a split: those of a slice, or those with these numbers in this order.
Samples = slice | NDArray[np.integer[Any]]
ALL_SAMPLES = slice(None)
# What is computed of all samples of a split is computed of so many at a time.
BLOCK_SAMPLES = 1 << 20


class ArraySpec(Record):
    """One array: its column or columns, with what was learned of them. `window_steps` change each window."""

    column: Column
    window_steps: list[FittedWindowStep] = Field(default=[], exclude_if=lambda steps: not steps)

    @property
    def columns(self) -> list[str]:
        return self.column.columns

    @property
    def steps(self) -> list[FittedStep]:
        return [*self.column.steps] if isinstance(self.column, ScaledColumns | PicturePixels) else []


class InputSpec(ArraySpec):
    """One array that goes into the model. `shape` is the shape of a sample as the model takes it."""

    shape: list[int]

    @property
    def scaled_per_batch(self) -> bool:
        """Whether the steps are applied to each batch, not to the stored array, so that images stay bytes on disk."""
        return self.column.per_batch

    @property
    def sparse(self) -> bool:
        """Whether the stored rows are the columns that are not 0, which are expanded in each batch."""
        return self.column.sparse

    @property
    def padded(self) -> bool:
        """Whether id 0 is padding."""
        return self.column.padded

    @property
    def id_count(self) -> int | None:
        """The number of different ids if the values are ids, which select rows of an embedding."""
        return self.column.id_count


class TargetSpec(ArraySpec):
    """One array to predict: a class, or the values of one or several columns.

    Values that an input has too, with the same scaling, are stored only once: `stored_in_input` names that input.
    A forecast of all steps ahead has `step_count` values of each column.
    """

    stored_in_input: str | None = None
    step_count: int = Field(default=1, exclude_if=lambda count: count == 1)

    @property
    def classes(self) -> list[str] | None:
        return self.column.classes if isinstance(self.column, ClassLabels) else None

    @property
    def encoding(self) -> LabelEncoding | Literal["values"]:
        return self.column.encoding if isinstance(self.column, ClassLabels) else "values"

    @property
    def width(self) -> int:
        """The number of model outputs: one for each class, or one for each column and step ahead."""
        return len(self.columns) * self.step_count if self.classes is None else len(self.classes)

    @property
    def is_relative(self) -> bool:
        """Whether the values are relative to known values of the window, so that 0 is a forecast of little change."""
        return any(isinstance(step, FittedDifference) for step in self.steps) or any(
            isinstance(step, FittedRelativeToLast | FittedNormalizeWindow) for step in self.window_steps
        )

    def inverse(self, y: NDArray[Any]) -> NDArray[Any]:
        """Return class numbers, or values in their original unit, from transformed targets or predictions of them."""
        return self.column.inverse(y)


class Fitted(Record):
    """What was learned, from the training rows alone. `splits` has the number of samples of each split.

    `weight` is the column of weights, if there is one. `folds` is the number of folds of the backtest.
    """

    format_version: Literal[1] = 1
    inputs: dict[str, InputSpec]
    targets: dict[str, TargetSpec]
    splits: dict[str, int]
    window: Window | None = None
    dropped_outliers: int = 0
    seen_in_training: dict[str, int] = {}
    folds: int = Field(default=0, exclude_if=lambda count: not count)
    weight: str | None = Field(default=None, exclude_if=lambda name: name is None)
    versions: dict[str, str] = {}


class RowRange(Record):
    """The rows of a split, if they are consecutive."""

    start: int
    stop: int


@dataclass(frozen=True)
class ProcessedSplit:
    """The stored arrays of a split, and the raw row number of each stored row, and its weight if rows have weights.

    With windows, `history` has the values of each target that is a value, in its own unit, from the rows on that the
    first stored row needs.
    """

    inputs: Mapping[str, Rows]
    targets: Mapping[str, NDArray[Any]]
    rows: RowNumbers
    weights: NDArray[np.float32] | None = None
    history: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


# Takes a shape and a type, and gives an array to fill.
NewArray = Callable[[tuple[int, ...], DTypeLike], NDArray[Any]]


@dataclass(frozen=True)
class ProcessedData:
    """`new_array` makes the arrays with a row for each of many samples, which may be too large for the memory."""

    fitted: Fitted
    splits: Mapping[str, ProcessedSplit]
    new_array: NewArray = np.empty
    _truth: dict[tuple[str, str], NDArray[Any]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def has_split(self, split: str) -> bool:
        return self.fitted.splits.get(split, 0) > 0

    def sample_count(self, split: str) -> int:
        return self.fitted.splits[split]

    def inputs(self, split: str, start: int = 0, stop: int | None = None) -> dict[str, NDArray[Any]]:
        """Return samples as the model takes them. Only the samples of the slice are expanded in memory."""
        return self.inputs_of_samples(split, slice(start, stop))

    def inputs_of_samples(self, split: str, samples: Samples) -> dict[str, NDArray[Any]]:
        batch = {}
        for name, spec in self.fitted.inputs.items():
            rows = self.splits[split].inputs[name]
            if self.fitted.window is not None and isinstance(rows, np.ndarray):
                rows = self.fitted.window.inputs(rows)
            batch[name] = apply_window_steps(spec.window_steps, spec.column.to_batch(rows[samples]))
        return batch

    def targets(self, split: str, samples: Samples = ALL_SAMPLES) -> dict[str, NDArray[Any]]:
        """Return targets as the model is trained on them."""
        window = self.fitted.window
        return {
            name: window_targets(self.fitted.targets[name], y, window, samples) if window else y[samples]
            for name, y in self.splits[split].targets.items()
        }

    def truth(self, split: str) -> dict[str, NDArray[Any]]:
        """Return class numbers, or values in their original unit, a row for each sample."""
        return {name: self.truth_of_all_samples(split, name) for name in self.fitted.targets}

    def truth_of_all_samples(self, split: str, target: str) -> NDArray[Any]:
        """As `truth`, computed once, and block by block."""
        if (split, target) not in self._truth:
            self._truth[split, target] = self.compute_in_blocks(
                self.sample_count(split), lambda block: self.truth_of_target(split, target, block)
            )
        return self._truth[split, target]

    def compute_in_blocks(self, samples: int, compute: Callable[[slice], NDArray[Any]]) -> NDArray[Any]:
        """Return the rows that `compute` gives for each block of so many samples, as one array."""
        blocks = sample_blocks(samples)
        first = compute(blocks[0])
        if len(blocks) == 1:
            return first
        found = self.new_array((samples, *first.shape[1:]), first.dtype)
        found[blocks[0]] = first
        for block in blocks[1:]:
            found[block] = compute(block)
        return found

    def truth_of_target(self, split: str, target: str, samples: Samples = ALL_SAMPLES) -> NDArray[Any]:
        spec, window = self.fitted.targets[target], self.fitted.window
        if window is None:
            return spec.inverse(self.splits[split].targets[target][samples])
        if spec.classes is not None:
            return spec.inverse(window_targets(spec, self.splits[split].targets[target], window, samples))
        return self.history(split, target, samples).ahead(window.steps_ahead).reshape(-1, spec.width)

    def history(self, split: str, target: str, samples: Samples = ALL_SAMPLES) -> SeriesHistory:
        """Return the values of a target of a series, and the last one that each sample knows."""
        window, arrays = self.fitted.window, self.splits[split]
        assert window is not None
        values = arrays.history[target]
        lookback = len(values) - len(arrays.rows)
        numbers = np.arange(self.sample_count(split), dtype=np.int64)[samples]
        return SeriesHistory(values, numbers * window.stride + lookback + window.length - 1)

    def invert(self, target: str, split: str, outputs: NDArray[Any], samples: Samples = ALL_SAMPLES) -> NDArray[Any]:
        """Return class numbers, or values in their original unit, from what the model gives for these samples."""
        spec, window = self.fitted.targets[target], self.fitted.window
        if window is None or spec.classes is not None:
            return spec.inverse(outputs)
        history = self.history(split, target, samples)
        return invert_forecast(spec.steps, spec.window_steps, outputs, history, window.steps_ahead, window.length)

    def weights(self, split: str, samples: Samples = ALL_SAMPLES) -> NDArray[np.float32] | None:
        """Return the weight of each sample, which is that of its last target's row, if rows have weights."""
        weights, window = self.splits[split].weights, self.fitted.window
        if weights is None:
            return None
        return weights[samples] if window is None else weights[window.last_target_rows(len(weights))][samples]

    def raw_row_numbers(self, split: str) -> RowNumbers:
        """Return the raw row number of each sample's last target."""
        rows, window = self.splits[split].rows, self.fitted.window
        return rows[window.last_target_rows(len(rows))] if window else rows


def sample_blocks(samples: int) -> list[slice]:
    """The samples of a split in parts of BLOCK_SAMPLES, or as one empty part.

    >>> sample_blocks(3), sample_blocks(BLOCK_SAMPLES + 1)
    ([slice(0, 3, None)], [slice(0, 1048576, None), slice(1048576, 1048577, None)])
    """
    return [slice(start, min(start + BLOCK_SAMPLES, samples)) for start in range(0, max(1, samples), BLOCK_SAMPLES)]


def window_targets(
    spec: TargetSpec,
    series: NDArray[Any],
    window: Window,
    samples: Samples = ALL_SAMPLES,
    dtype: DTypeLike | None = None,
) -> NDArray[Any]:
    """Return the target of each window as the model is trained on it, from the stored rows of the series.

    `dtype` is that of the calculation, by default that of the series.
    """
    targets = window.targets(series)[samples]
    if spec.classes is not None:
        return targets[:, -1]
    targets = np.asarray(targets, dtype)
    known = np.asarray(window.inputs(series)[samples], dtype) if spec.window_steps else targets
    transformed: NDArray[Any] = apply_to_targets(spec.window_steps, targets, known)
    return transformed


def arrays_in(scratch: ScratchFolder) -> NewArray:
    """Makes arrays of more than BLOCK_SAMPLES rows in files of the folder, and others in memory."""

    def new_array(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        return np.asarray(scratch.array(shape, dtype)) if shape[0] > BLOCK_SAMPLES else np.empty(shape, dtype)

    return new_array


def merge_splits(
    processed: ProcessedData, first: str, second: str, concatenate: Concatenate = np.concatenate
) -> ProcessedData:
    """Return data with one split only: the samples of both under the name of the first.

    With `concatenate=read_as_one`, the arrays are not copied, and can only be indexed.
    """
    a, b = processed.splits[first], processed.splits[second]
    merged = ProcessedSplit(
        inputs={name: concatenate_rows([rows, b.inputs[name]], concatenate) for name, rows in a.inputs.items()},
        targets={name: concatenate([y, b.targets[name]]) for name, y in a.targets.items()},
        rows=concatenate_row_numbers([a.rows, b.rows], concatenate),
        weights=None if a.weights is None or b.weights is None else concatenate([a.weights, b.weights]),
    )
    fitted = processed.fitted.model_copy(update={"splits": {first: len(merged.rows)}})
    return ProcessedData(fitted, {first: merged})


def target_stored_in_input(
    target: TargetSpec, specs: Mapping[str, InputSpec], inputs: Mapping[str, Rows]
) -> NDArray[Any]:
    """Return the target as a view of the input that it is stored in."""
    assert target.stored_in_input is not None
    stored, column = inputs[target.stored_in_input], specs[target.stored_in_input].column
    assert isinstance(stored, np.ndarray)
    assert isinstance(column, NumberColumns)
    return stored[:, column.column_slice(target.columns)]


def write_processed(processed: ProcessedData, folder: Path) -> None:
    """Write the data into a folder, which is created if necessary."""
    for name, split in processed.splits.items():
        _write_split(split, processed.fitted, folder / name)
    write_record(folder / FITTED_FILE, processed.fitted)


def _write_split(split: ProcessedSplit, fitted: Fitted, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {}
    for name, rows in split.inputs.items():
        if isinstance(rows, RaggedRows):
            arrays |= {f"input.{name}.ids": rows.ids, f"input.{name}.offsets": rows.offsets}
            arrays |= {} if rows.weights is None else {f"input.{name}.weights": rows.weights}
        elif isinstance(rows, SharedRows):
            arrays |= {f"input.{name}.values": rows.values, f"input.{name}.numbers": rows.numbers}
        else:
            arrays[f"input.{name}"] = rows
    arrays |= {f"target.{n}": y for n, y in split.targets.items() if fitted.targets[n].stored_in_input is None}
    arrays |= {f"history.{name}": values for name, values in split.history.items()}
    if split.weights is not None:
        arrays["weights"] = split.weights
    if isinstance(split.rows, range):
        write_record(folder / ROW_RANGE, RowRange(start=split.rows.start, stop=split.rows.stop))
    else:
        arrays["rows"] = split.rows
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array))


def fold_folder(folder: Path, fold: int) -> Path:
    """The data of a fold of the backtest are in a folder beside those of the splits. Folds are counted from 1."""
    return folder / "folds" / f"{fold}"


def read_processed(folder: Path, fold: int | None = None) -> ProcessedData:
    """Read the data in a folder that has the name of its dataset, or those of a fold of its backtest."""
    data = folder if fold is None else fold_folder(folder, fold)
    fitted = read_record(Fitted, data / FITTED_FILE, "preprocess", folder.name)
    return ProcessedData(fitted, {name: read_split(fitted, data, name, folder.name) for name in fitted.splits})


def read_split(fitted: Fitted, folder: Path, split: str, key: str) -> ProcessedSplit:
    """Read a split of the dataset `key` from the folder of its data. Arrays are memory-mapped."""

    def load(name: str) -> NDArray[Any]:
        path = folder / split / f"{name}.npy"
        with reading_output_of("preprocess", key, path):
            return load_array(path)

    def load_rows(name: str, column: Column) -> Rows:
        if column.shared:
            return SharedRows(load(f"input.{name}.values"), load(f"input.{name}.numbers"))
        if not column.sparse:
            return load(f"input.{name}")
        weights = load(f"input.{name}.weights") if column.weighted else None
        return RaggedRows(load(f"input.{name}.ids"), load(f"input.{name}.offsets"), weights)

    inputs = {name: load_rows(name, spec.column) for name, spec in fitted.inputs.items()}
    targets = {
        name: load(f"target.{name}")
        if spec.stored_in_input is None
        else target_stored_in_input(spec, fitted.inputs, inputs)
        for name, spec in fitted.targets.items()
    }
    weights = load("weights") if fitted.weight is not None else None
    has_history = [name for name, spec in fitted.targets.items() if fitted.window is not None and not spec.classes]
    history = {name: load(f"history.{name}") for name in has_history}
    row_range = folder / split / ROW_RANGE
    if not row_range.is_file():
        return ProcessedSplit(inputs, targets, load("rows"), weights, history)
    stored = read_record(RowRange, row_range, "preprocess", key)
    return ProcessedSplit(inputs, targets, range(stored.start, stored.stop), weights, history)
