"""The held-out rows that an export keeps, with the answers that Keras gives to them."""

from collections.abc import Sequence
from pathlib import Path

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, Fitted, ProcessedData
from stages.core.artefacts.raw.raw_data import RawData
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.row_numbers import as_array
from stages.export.held_out.stored_rows import rows_of_raw_split, stored_rows
from stages.inference.kept_rows.check_kept_rows import ANSWERS_FILE, ROWS_FILE, predict
from stages.inference.kept_rows.compare_answers import answers_of
from stages.inference.kept_rows.row_arrays import write_row_arrays
from stages.inference.model_card import TOLERANCE
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.new_rows.row_values import needed_columns, rows_depend_on_others
from stages.inference.predictor import Predictor

# So many earlier rows are read at once, where the first of the last rows has a gap.
EARLIER_ROWS = 64


def held_out_rows(raw: RawData, predictor: Predictor, processed: ProcessedData, count: int) -> RawRows | None:
    """The first rows of the test split, or of another one if there is none; of a series, those of its last forecast.

    None if the series of the split is shorter than what a forecast needs.
    """
    split = next(name for name in (TEST, VALIDATION, TRAIN) if processed.has_split(name))
    numbers = processed.splits[split].rows
    columns = needed_columns(processed.fitted)
    if rows_depend_on_others(processed.fitted):
        last = int(numbers[-1])
        of_series = range(rows_of_raw_split(raw, last).start, last + 1)
        needed = min(count, len(of_series)) if processed.fitted.window is None else predictor.rows_needed
        return _last_rows(raw, columns, of_series, processed.fitted, needed)
    together = rows_of_raw_split(raw, int(numbers[0]))
    first = as_array(numbers[:count])
    return stored_rows(raw, columns, first[(first >= together.start) & (first < together.stop)])


def _last_rows(raw: RawData, columns: Sequence[str], of_series: range, fitted: Fitted, needed: int) -> RawRows | None:
    """The last rows that can be used: a gap in the first one cannot be filled with the value of an earlier row."""
    if needed > len(of_series):
        return None
    read = needed
    while True:
        rows = stored_rows(raw, columns, as_array(of_series[len(of_series) - read :]))
        for start in range(read - needed, -1, -1):
            if not find_row_problems(fitted, rows[start:]):
                return rows[start:]
        if read == len(of_series):
            return rows
        read = min(len(of_series), read + max(needed, EARLIER_ROWS))


def write_kept_rows(folder: Path, predictor: Predictor, rows: RawRows) -> None:
    """`predictor` runs the Keras model."""
    write_row_arrays(rows, folder / ROWS_FILE)
    write_record(folder / ANSWERS_FILE, answers_of(predict(predictor, rows), rows, TOLERANCE))
