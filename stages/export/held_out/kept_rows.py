"""The held-out rows that an export keeps, with the answers that Keras gives to them."""

from pathlib import Path

import numpy as np

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, Fitted, ProcessedData
from stages.core.artefacts.raw_data import RawData
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.row_numbers import as_array
from stages.export.held_out.stored_rows import rows_of_raw_split, stored_rows
from stages.inference.column_values import needed_columns, rows_depend_on_others
from stages.inference.kept_rows.check_kept_rows import ANSWERS_FILE, ROWS_FILE, predict
from stages.inference.kept_rows.compare_answers import answers_of
from stages.inference.kept_rows.row_arrays import write_row_arrays
from stages.inference.model_card import TOLERANCE
from stages.inference.predictor import Predictor
from stages.inference.raw_rows import RawRows
from stages.inference.row_problems import find_row_problems


def held_out_rows(raw: RawData, predictor: Predictor, processed: ProcessedData, count: int) -> RawRows | None:
    """The first rows of the test split, or of another one if there is none; of a series, those of its last forecast.

    None if the series of the split is shorter than what a forecast needs.
    """
    split = next(name for name in (TEST, VALIDATION, TRAIN) if processed.has_split(name))
    numbers = as_array(processed.splits[split].rows)
    columns = needed_columns(processed.fitted)
    if rows_depend_on_others(processed.fitted):
        of_series = np.arange(rows_of_raw_split(raw, int(numbers[-1])).start, numbers[-1] + 1)
        needed = min(count, len(of_series)) if processed.fitted.window is None else predictor.rows_needed
        return _last_rows(stored_rows(raw, columns, of_series), processed.fitted, needed)
    together = rows_of_raw_split(raw, int(numbers[0]))
    return stored_rows(raw, columns, np.array([number for number in numbers[:count].tolist() if number in together]))


def _last_rows(rows: RawRows, fitted: Fitted, needed: int) -> RawRows | None:
    """The last rows that can be used: a gap in the first one cannot be filled with the value of an earlier row."""
    start = len(rows) - needed
    while start > 0 and find_row_problems(fitted, rows[start:]):
        start -= 1
    return rows[start:] if start >= 0 else None


def write_kept_rows(folder: Path, predictor: Predictor, rows: RawRows) -> None:
    """`predictor` runs the Keras model."""
    write_row_arrays(rows, folder / ROWS_FILE)
    write_record(folder / ANSWERS_FILE, answers_of(predict(predictor, rows), rows, TOLERANCE))
