"""Read the inputs and targets from raw data, before anything is split or fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.concatenated_arrays import ConcatenatedArrays
from stages.core.artefacts.ragged_rows import RaggedRows, concatenate_ragged
from stages.core.artefacts.raw_data import Images, RawData, Table, Tokens
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.image_pixels import ImagePixels
from stages.core.columns.number_columns import NumberColumns, check_number_column
from stages.core.columns.registry import Column
from stages.core.columns.token_ids import TokenIds
from stages.core.errors import ErrorList, UserError, format_examples
from stages.preprocess.params import Preprocess
from stages.preprocess.select_columns import select_columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RawColumn:
    """One input or target: the kind of column, not fitted yet, and its checked values over all splits."""

    column: Column
    values: Any


@dataclass(frozen=True)
class RawColumns:
    inputs: Mapping[str, RawColumn]
    targets: Mapping[str, RawColumn]


def read_columns(raw: RawData, params: Preprocess) -> RawColumns:
    if params.words is not None and not isinstance(raw, Tokens):
        raise UserError("preprocess.words: for texts only; take it out")
    match raw:
        case Images():
            # Images without channels get one.
            images = [part[..., None] if part.ndim == 3 else part for part in raw.images.values()]
            pixels = RawColumn(ImagePixels(columns=["image"]), ConcatenatedArrays(images))
            return RawColumns({"image": pixels}, {"label": _read_labels(raw, params)})
        case Tokens():
            return _read_tokens(raw, params)
        case Table():
            return _read_table(raw, params)


def _read_tokens(raw: Tokens, params: Preprocess) -> RawColumns:
    if params.words is None:
        raise UserError("preprocess.words: missing; say how many words count, as in `words: {vocabulary_size: 10000}`")
    if params.steps or params.window:
        raise UserError("preprocess: texts take neither steps nor a window; take them out")
    column = TokenIds(columns=["text"], **params.words.model_dump())
    ids = concatenate_ragged([RaggedRows(raw.ids[split], raw.offsets[split]) for split in raw.ids])
    return RawColumns({"text": RawColumn(column, ids)}, {"label": _read_labels(raw, params)})


def _read_labels(raw: Images | Tokens, params: Preprocess) -> RawColumn:
    if params.inputs is not None or params.targets is not None:
        raise UserError("preprocess: images and texts have one input and one target; leave inputs and targets out")
    if not isinstance(params.labels, str):
        raise UserError("preprocess.labels: missing; images and texts need one_hot or integer")
    column = ClassLabels(columns=["label"], classes=raw.classes, encoding=params.labels)
    numbers = np.concatenate(list(raw.labels.values())).astype(np.int64)
    column.check(numbers)
    return RawColumn(column, numbers)


def _read_table(raw: Table, params: Preprocess) -> RawColumns:
    import pandas as pd

    inputs, targets = select_columns(params, raw)
    frames = list(raw.frames.values())
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return RawColumns(
        {name: _read_numbers(columns, frame) for name, columns in inputs.items()},
        {name: _read_target(name, columns, frame, raw, params) for name, columns in targets.items()},
    )


def _read_target(name: str, columns: list[str], frame: "pd.DataFrame", raw: Table, params: Preprocess) -> RawColumn:
    encoding = params.labels.get(name) if isinstance(params.labels, dict) else params.labels
    if encoding is None:
        return _read_numbers(columns, frame)
    if len(columns) != 1:
        raise UserError(f"preprocess.labels: target {name} must be one column of {', '.join(raw.columns)}")
    labels = frame[columns[0]]
    if labels.isna().any():
        missing = format_examples(np.flatnonzero(labels.isna()))
        raise UserError(f"column {columns[0]}: no label in rows {missing}; take those rows out of the data")
    classes = raw.classes.get(columns[0]) or sorted({str(label) for label in labels})
    column = ClassLabels(columns=columns, classes=classes, encoding=encoding)
    return RawColumn(column, column.numbers(labels.tolist()))


def _read_numbers(columns: list[str], frame: "pd.DataFrame") -> RawColumn:
    return RawColumn(NumberColumns(columns=columns), numeric_values(frame, columns))


def numeric_values(frame: "pd.DataFrame", columns: Sequence[str]) -> NDArray[np.float64]:
    """Return the columns as a float64 matrix.

    Raises a UserError with all columns that are text or have missing, infinite or too large values.
    """
    import pandas as pd

    errors = ErrorList()
    values: list[NDArray[np.float64]] = []
    for name in columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            values.append(np.asarray(frame[name], np.float64))
            check_number_column(name, values[-1], errors)
        else:
            errors.add(_not_numeric(name, frame[name]))
    errors.raise_if_any()
    return np.column_stack(values) if len(values) > 1 else values[0][:, None]


def _not_numeric(name: str, column: "pd.Series") -> str:
    """List the texts in a column of numbers. If all values are text, the column was not meant to be numeric."""
    import pandas as pd

    texts = np.flatnonzero(pd.to_numeric(column, errors="coerce").isna() & column.notna())
    if not 0 < len(texts) < len(column) or not pd.api.types.is_string_dtype(column):
        return (
            f"column {name} holds {column.dtype}, not numbers; leave it out, or name it in preprocess.labels if it is "
            "a class"
        )
    examples = format_examples(f"{column.iloc[row]!r} in row {row}" for row in texts)
    return (
        f"column {name}: {len(texts)} of {len(column)} values are not numbers: {examples}; correct them, list the "
        "texts for missing values in download.format.missing, or leave the column out"
    )
