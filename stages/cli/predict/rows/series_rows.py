"""The raw rows of a series, in the form of new rows, and the forecasts of a split."""

import numpy as np

from stages.cli.predict.rows.split_rows import ROW, raw_values
from stages.core.artefacts.column_values import column_values
from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw_data import Table
from stages.core.artefacts.row_numbers import as_array
from stages.core.time_steps.usual_time_step import Times
from stages.inference.column_values import needed_columns
from stages.inference.forecast_rows import STEP, row_for_each_step
from stages.inference.predictor import Predictions, Predictor
from stages.inference.raw_rows import RawRows
from stages.inference.read.row_block import RowBlock
from stages.preprocess.read_columns import all_rows


def series_rows(raw: Table, fitted: Fitted) -> tuple[RawRows, Times | None]:
    """All rows, one split after another, and their times."""
    values = raw_values(raw, needed_columns(fitted))
    frame = all_rows(raw)
    times = None if raw.time is None else column_values(frame[raw.time])
    return RawRows(values, len(frame)), times


def split_forecasts(
    predictor: Predictor, rows: RawRows, processed: ProcessedData, split: str
) -> tuple[RowBlock, Predictions]:
    """A row for each window of the split and each step ahead, in the order of predictions.csv."""
    window = processed.fitted.window
    assert window is not None
    origins = as_array(processed.raw_row_numbers(split)) - window.horizon
    found = predictor.predict_windows(rows[: int(origins.max()) + 1])
    # The interval of a forecast can need more rows than the first windows have.
    origins = origins[origins >= found.origins[0]]
    chosen = np.searchsorted(found.origins, origins)
    steps = np.array([*window.steps_ahead])
    predictions = {name: row_for_each_step(prediction[chosen]) for name, prediction in found.predictions.items()}
    numbers = (origins[:, None] + steps).ravel()
    carried: dict[str, list[int]] = {ROW: numbers.tolist()}
    if len(steps) > 1:
        carried[STEP] = np.tile(steps, len(origins)).tolist()
    return RowBlock(RawRows({}, len(numbers)), np.arange(1, len(numbers) + 1), carried), predictions
