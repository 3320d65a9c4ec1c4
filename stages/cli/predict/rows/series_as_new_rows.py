"""The raw rows of a series, in the form of new rows, and the forecasts of a split.

Of a series in blocks, as many forecasts are made at once as a block has rows.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stages.cli.predict.rows.known_rows import known_rows
from stages.cli.predict.rows.split_as_new_rows import ROW, raw_values
from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_rows import read_rows, rows_at_once
from stages.core.artefacts.row_numbers import as_array
from stages.core.time_steps.usual_time_step import Times
from stages.inference.forecast_rows import STEP, row_for_each_step
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_values import needed_columns
from stages.inference.predictor import Predictions, Predictor
from stages.inference.read.row_block import RowBlock
from stages.preprocess.inputs.read_columns import all_rows


def last_rows(raw: Table, fitted: Fitted, needed: int) -> tuple[RawRows, Times | None]:
    """The rows that a forecast of the next ones needs, and their times: all rows, or the last ones of many."""
    if not raw.is_large:
        return series_rows(raw, fitted)
    last = sum(raw.sizes.values()) - 1
    rows, first = known_rows(raw, fitted, max(0, last + 1 - max(needed, rows_at_once(raw))), last)
    if raw.time is None:
        return rows, None
    return rows, column_values(read_rows(raw, np.arange(first, last + 1), [raw.time])[raw.time])


def series_rows(raw: Table, fitted: Fitted) -> tuple[RawRows, Times | None]:
    """All rows, one split after another, and their times."""
    values = raw_values(raw, needed_columns(fitted))
    frame = all_rows(raw)
    times = None if raw.time is None else column_values(frame[raw.time])
    return RawRows(values, len(frame)), times


def split_forecasts(
    predictor: Predictor, raw: Table, processed: ProcessedData, split: str
) -> Iterator[tuple[RowBlock, Predictions]]:
    """A row for each window of the split and each step ahead, in the order of predictions.csv."""
    window, fitted, numbers = processed.fitted.window, processed.fitted, processed.raw_row_numbers(split)
    assert window is not None
    if not raw.is_large:
        origins = as_array(numbers) - window.horizon
        rows, _ = series_rows(raw, fitted)
        yield _forecasts(predictor, rows[: int(origins.max()) + 1], 0, origins, 0)
        return
    # The interval of a forecast can need more rows than the first windows have.
    before, written, at_once = predictor.rows_needed - 1, 0, rows_at_once(raw)
    for start in range(0, len(numbers), at_once):
        origins = as_array(numbers[start : start + at_once]) - window.horizon
        origins = origins[origins >= before]
        if len(origins):
            known, first = known_rows(raw, fitted, int(origins.min()) - before, int(origins.max()))
            block, predictions = _forecasts(predictor, known, first, origins, written)
            written += len(block)
            yield block, predictions


def _forecasts(
    predictor: Predictor, rows: RawRows, first: int, origins: NDArray[np.int64], written: int
) -> tuple[RowBlock, Predictions]:
    """`first` is the number of the first of these rows, `written` how many rows were written before."""
    window = predictor.fitted.window
    assert window is not None
    found = predictor.predict_windows(rows)
    known_origins = found.origins + first
    origins = origins[origins >= known_origins[0]]
    chosen = np.searchsorted(known_origins, origins)
    steps = np.array([*window.steps_ahead])
    predictions = {name: row_for_each_step(prediction[chosen]) for name, prediction in found.predictions.items()}
    numbers = (origins[:, None] + steps).ravel()
    carried: dict[str, list[int]] = {ROW: numbers.tolist()}
    if len(steps) > 1:
        carried[STEP] = np.tile(steps, len(origins)).tolist()
    positions: NDArray[np.int64] = np.arange(written, written + len(numbers)) + 1
    return RowBlock(RawRows({}, len(numbers)), positions, carried), predictions
