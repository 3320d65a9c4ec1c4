"""The arrays that a raw set offers, before anything is split or fitted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.ragged_rows import RaggedRows, concatenate_ragged
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.artefacts.row_numbers import RowNumbers, take_rows
from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.preprocess.concatenated_splits import Stacked
from stages.preprocess.encoding import class_numbers, matrix, occurring
from stages.preprocess.params import Encoding, Preprocess

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, list[str]]
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Column:
    """One input or one target over all rows, with the names of its columns or of its classes."""

    values: Any  # an array, the ids of ragged rows, or arrays that are stacked
    columns: list[str]
    classes: list[str] | None = None
    encoding: Encoding | None = None

    def pick(self, rows: RowNumbers) -> Any:
        return self.values.pick(rows) if isinstance(self.values, Stacked) else take_rows(self.values, rows)


@dataclass(frozen=True)
class Arrays:
    inputs: Mapping[str, Column]
    targets: Mapping[str, Column]
    scaled_per_batch: bool = False

    @property
    def only_classes(self) -> NDArray[Any] | None:
        """Class numbers, when there is exactly one target and it is a class."""
        target = next(iter(self.targets.values()))
        return target.values if len(self.targets) == 1 and target.classes is not None else None


def arrays(raw: RawData, params: Preprocess) -> Arrays:
    if params.words is not None and not isinstance(raw, Tokens):
        raise UserError("preprocess.words: for texts only; take it out")
    match raw:
        case Images():
            return _image_arrays(raw, params)
        case Tokens():
            return _token_arrays(raw, params)
        case Table():
            return _table_arrays(raw, params)


def _image_arrays(raw: Images, params: Preprocess) -> Arrays:
    """Pictures stay as they are: their steps are applied to each batch."""
    images = [part[..., None] if part.ndim == 3 else part for part in raw.images.values()]
    return Arrays(
        inputs={"image": Column(Stacked(images), ["image"])},
        targets={"label": _labels(raw, params)},
        scaled_per_batch=True,
    )


def _token_arrays(raw: Tokens, params: Preprocess) -> Arrays:
    """Texts stay ids: each row is spread over the vocabulary in its batch, never on disk."""
    if params.words is None:
        raise UserError("preprocess.words: missing; say how many words count, as in `words: {most: 10000}`")
    if params.steps or params.window:
        raise UserError("preprocess: texts take neither steps nor a window; take them out")
    whole = concatenate_ragged([RaggedRows(raw.ids[split], raw.offsets[split]) for split in raw.ids])
    return Arrays(
        inputs={"text": Column(occurring(whole, params.words.most, params.words.rare), ["text"])},
        targets={"label": _labels(raw, params)},
        scaled_per_batch=True,
    )


def _labels(raw: Images | Tokens, params: Preprocess) -> Column:
    if params.inputs is not None or params.targets is not None:
        raise UserError("preprocess: pictures and texts have one input and one target; leave inputs and targets out")
    if not isinstance(params.labels, str):
        raise UserError("preprocess.labels: missing; pictures and texts need one_hot or integer")
    labels = np.concatenate(list(raw.labels.values())).astype(np.int64)
    if len(labels) and (labels.min() < 0 or labels.max() >= len(raw.classes)):
        raise UserError(f"label: {labels.min()} to {labels.max()}, but there are {len(raw.classes)} classes")
    return Column(labels, ["label"], raw.classes, params.labels)


def _table_arrays(raw: Table, params: Preprocess) -> Arrays:
    frame = _one_frame(list(raw.frames.values()))
    targets = _target_columns(params)
    inputs = _input_columns(params, raw, {c for columns in targets.values() for c in columns})
    _check_names(inputs, targets, params, raw.columns)
    return Arrays(
        inputs={name: Column(matrix(frame, columns), columns) for name, columns in inputs.items()},
        targets={name: _target(name, columns, frame, raw, params) for name, columns in targets.items()},
    )


def _one_frame(frames: "list[pd.DataFrame]") -> "pd.DataFrame":
    import pandas as pd

    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _target_columns(params: Preprocess) -> dict[str, list[str]]:
    match params.targets:
        case None:
            raise UserError("preprocess.targets: missing; name the column to predict")
        case str() as column:
            return {column: [column]}
        case list() as columns:
            return {"y": columns}
        case named:
            return {name: [c] if isinstance(c, str) else c for name, c in named.items()}


def _input_columns(params: Preprocess, raw: Table, targets: set[str]) -> dict[str, list[str]]:
    if isinstance(params.inputs, dict):
        return params.inputs
    if params.inputs is not None:
        return {"x": params.inputs}
    windowed = params.window is not None
    return {"x": [c for c in raw.columns if c != raw.time and (windowed or c not in targets)]}


def _check_names(inputs: Columns, targets: Columns, params: Preprocess, known: list[str]) -> None:
    errors = ErrorList()
    for kind, named in (("inputs", inputs), ("targets", targets)):
        errors.check(bool(named), f"preprocess.{kind}: names no column")
        for name, columns in named.items():
            errors.check(bool(columns), f"preprocess.{kind}: no column for {name}")
            errors.check(bool(_NAME.fullmatch(name)), _unusable(kind, name))
            for column in columns:
                errors.check(column in known, f"preprocess.{kind}: no column {column!r}; {suggest(column, known)}")
    for name in sorted(inputs.keys() & targets.keys()):
        another = f"use another one as in `targets: {{y: {name}}}`"
        errors.add(f"preprocess.targets: {name!r} is the name of an input; {another}")
    for name in params.labels if isinstance(params.labels, dict) else ():
        errors.check(name in targets, f"preprocess.labels: no target {name!r}; {suggest(name, list(targets))}")
    errors.raise_if_any()


def _unusable(kind: str, name: str) -> str:
    example = f"`inputs: {{size: [{name}]}}`" if kind == "inputs" else f"`targets: {{price: {name}}}`"
    return (
        f"preprocess.{kind}: {name!r} cannot name a file and a layer; use letters, digits, _, - and . as in {example}"
    )


def _target(name: str, columns: list[str], frame: "pd.DataFrame", raw: Table, params: Preprocess) -> Column:
    encoding = params.labels.get(name) if isinstance(params.labels, dict) else params.labels
    if encoding is None:
        return Column(matrix(frame, columns), columns)
    if len(columns) != 1:
        raise UserError(f"preprocess.labels: target {name} must be one column of {', '.join(raw.columns)}")
    labels = frame[columns[0]]
    if labels.isna().any():
        rows = np.flatnonzero(labels.isna())
        raise UserError(
            f"column {columns[0]}: no label in rows {format_examples(rows)}; take those rows out of the data"
        )
    classes = raw.classes.get(columns[0]) or sorted({str(v) for v in labels})
    return Column(class_numbers(labels.tolist(), classes, columns[0]), columns, classes, encoding)
