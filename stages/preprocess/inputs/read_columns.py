"""Read the targets and the inputs from raw data, before anything is scaled."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from stages.core.artefacts.concatenated_arrays import ConcatenatedArrays
from stages.core.artefacts.raw.ragged_rows import RaggedRows, concatenate_ragged
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.row_numbers import RowNumbers
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.errors import UserError, format_examples
from stages.preprocess.inputs.numeric_values import numeric_values
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.inputs.read_picture_inputs import picture_values
from stages.preprocess.inputs.read_table_inputs import read_table_inputs
from stages.preprocess.inputs.select_columns import select_columns
from stages.preprocess.params import Preprocess

if TYPE_CHECKING:
    import pandas as pd


def read_targets(raw: RawData, params: Preprocess) -> dict[str, RawColumn]:
    """Return the targets of the rows of all splits, checked."""
    check_options(raw, params)
    if not isinstance(raw, Table):
        return {"label": _read_labels(raw, params)}
    _, targets = select_columns(params, raw)
    check_target_columns(raw, targets)
    frame = all_rows(raw)
    return {name: _read_target(name, columns, frame, raw, params) for name, columns in targets.items()}


def check_target_columns(table: Table, targets: Mapping[str, list[str]]) -> None:
    """Raise a UserError for columns that cannot be predicted."""
    columns = [column for columns in targets.values() for column in columns]
    if private := [column for column in columns if column in table.private]:
        raise UserError(f"preprocess.targets: {format_examples(private)} is private, but pages show predicted values")
    if pictures := [column for column in columns if column in table.pictures]:
        raise UserError(f"preprocess.targets: {format_examples(pictures)} holds pictures, which can be inputs only")


def read_inputs(raw: RawData, params: Preprocess, training_rows: RowNumbers) -> dict[str, RawColumn]:
    """Return the inputs of the rows of all splits, checked. The kinds of columns come from the training rows."""
    match raw:
        case Images():
            return {"image": RawColumn(ImagePixels(columns=["image"]), image_values(raw))}
        case Tokens():
            assert params.words is not None
            column = TokenIds(columns=["text"], **params.words.model_dump())
            return {"text": RawColumn(column, text_values(raw))}
        case Table():
            inputs, _ = select_columns(params, raw)
            is_series = raw.kind == "series"
            return read_table_inputs(
                inputs, all_rows(raw), params.columns, training_rows, is_series, raw.private, picture_values(raw)
            )


def check_options(raw: RawData, params: Preprocess) -> None:
    if isinstance(raw, Table):
        _check_table_options(raw, params)
        return
    if isinstance(raw, Tokens):
        if params.words is None:
            raise UserError(
                "preprocess.words: missing; say how many words count, as in `words: {vocabulary_size: 10000}`"
            )
        if params.steps or params.window:
            raise UserError("preprocess: texts take neither steps nor a window; take them out")
    elif params.words is not None:
        raise UserError("preprocess.words: for texts only; take it out")
    if params.columns:
        raise UserError("preprocess.columns: for tables only; take it out")


def _check_table_options(table: Table, params: Preprocess) -> None:
    if params.words is not None:
        raise UserError("preprocess.words: for texts only; take it out")
    if params.window is not None and table.kind != "series":
        raise UserError(
            "preprocess.window: a window needs rows in order of time, and these rows are a table; set download.kind: "
            "series and download.time, the column of times"
        )


def _read_labels(raw: Images | Tokens, params: Preprocess) -> RawColumn:
    if params.inputs is not None or params.targets is not None:
        raise UserError("preprocess: images and texts have one input and one target; leave inputs and targets out")
    if not isinstance(params.labels, str):
        raise UserError("preprocess.labels: missing; images and texts need one_hot or integer")
    column = ClassLabels(columns=["label"], classes=raw.classes, encoding=params.labels)
    numbers = np.concatenate(list(raw.labels.values())).astype(np.int64)
    column.check(numbers)
    return RawColumn(column, numbers)


def image_values(raw: Images) -> ConcatenatedArrays:
    """The images of all splits. Images without channels get one."""
    return ConcatenatedArrays([part[..., None] if part.ndim == 3 else part for part in raw.images.values()])


def text_values(raw: Tokens) -> RaggedRows:
    """The texts of all splits."""
    return concatenate_ragged([RaggedRows(raw.ids[split], raw.offsets[split]) for split in raw.ids])


def all_rows(table: Table) -> "pd.DataFrame":
    import pandas as pd

    frames = list(table.frames.values())
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _read_target(name: str, columns: list[str], frame: "pd.DataFrame", raw: Table, params: Preprocess) -> RawColumn:
    encoding = params.labels.get(name) if isinstance(params.labels, dict) else params.labels
    if encoding is None:
        return RawColumn(NumberColumns(columns=columns), numeric_values(frame, columns))
    if len(columns) != 1:
        raise UserError(f"preprocess.labels: target {name} must be one column of {', '.join(raw.columns)}")
    labels = frame[columns[0]]
    if labels.isna().any():
        missing = format_examples(np.flatnonzero(labels.isna()))
        raise UserError(f"column {columns[0]}: no label in rows {missing}; take those rows out of the data")
    classes = raw.classes.get(columns[0]) or sorted({str(label) for label in labels})
    column = ClassLabels(columns=columns, classes=classes, encoding=encoding)
    return RawColumn(column, column.numbers(labels.tolist()))
