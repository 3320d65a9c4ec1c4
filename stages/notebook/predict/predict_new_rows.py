"""Predictions of new rows as a data frame."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stages.cli.predict.output.bad_rows import BadRows
from stages.core.errors import UserError
from stages.inference.forecast_rows import forecast_rows
from stages.inference.new_rows.irregular_steps import describe_irregular_steps
from stages.inference.predictor import Predictions
from stages.inference.read.open_input import STREAM_NAME
from stages.inference.read.row_block import RowBlock
from stages.inference.write.write_predictions import PredictionWriter
from stages.notebook.predict.loaded_model import LoadedModel
from stages.notebook.predict.new_rows import read_new_rows

if TYPE_CHECKING:
    import pandas as pd

# The key in `attrs` of the frame.
INPUT = "input"


def predict_new_rows(model: LoadedModel, rows: Any, pictures: Path | None = None) -> "pd.DataFrame":
    """The columns that `restage predict` writes. `attrs["input"]` has what it says about the input.

    They have the index of `rows` if that is a data frame, unless the next rows of a series are predicted. Raises
    UserError with all rows that cannot be predicted.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    distance, notes = model.trained.distance(), list[str]()

    def blocks() -> Iterator[RowBlock]:
        for block in read_new_rows(rows, model.trained, pictures):
            distance.add(block.rows)
            yield block

    written = io.BytesIO()
    try:
        with PredictionWriter(written, "parquet") as writer:
            for block, predictions in _predictions(model, blocks(), notes):
                writer.write(block, predictions)
    except UserError as error:
        raise UserError(*(text.replace(STREAM_NAME, "rows", 1) for text in error.messages)) from None
    written.seek(0)
    frame = pq.read_table(written).to_pandas()
    frame.attrs[INPUT] = "; ".join([distance.describe(), *notes])
    if isinstance(rows, pd.DataFrame) and model.trained.fitted.window is None:
        frame.index = rows.index
    return frame


def _predictions(
    model: LoadedModel, blocks: Iterator[RowBlock], notes: list[str]
) -> Iterator[tuple[RowBlock, Predictions]]:
    """Appends to `notes` what there is to say about the times of a series."""
    bad = BadRows()
    if model.trained.fitted.window is not None:
        yield _forecast(model, next(blocks), bad, notes)
        return
    for block in blocks:
        bad.add(block)
        # After the first bad row, the others are read to report theirs too.
        if len(block) and not bad:
            yield block, model.predictor.predict(block.rows)
    bad.raise_if_any("rows", can_be_skipped=False)


def _forecast(model: LoadedModel, block: RowBlock, bad: BadRows, notes: list[str]) -> tuple[RowBlock, Predictions]:
    bad.add(block)
    bad.raise_if_any("rows", can_be_skipped=False)
    time = model.trained.schema.time
    times = None if time is None else np.asarray(block.rows.columns[time])
    if times is not None and (note := describe_irregular_steps(times, model.trained.schema.rows)):
        notes.append(note)
    return forecast_rows(model.predictor.forecast(block.rows, times), model.trained.schema)
