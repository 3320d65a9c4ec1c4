"""New rows become what preprocess stores of the rows of a split, by what was fitted on the training rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, ProcessedData, ProcessedSplit
from stages.core.columns.scaling import ScaledColumns
from stages.core.errors import UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import UnusableRowsError, problems_of_filled_rows
from stages.inference.new_rows.row_values import column_values, fill_gaps_forward

# The name of the one split.
NEW_ROWS = "new"


def transform_rows(fitted: Fitted, rows: RawRows) -> ProcessedData:
    """Rows of a table, of pictures or of texts as data with one split, which has no targets.

    Raises UnusableRowsError for values that a column cannot take.
    """
    return transform_filled_rows(fitted, fill_gaps_forward(fitted, rows))


def transform_filled_rows(fitted: Fitted, rows: RawRows, first: int = 0) -> ProcessedData:
    """`rows` has gaps filled forward already. `first` is the number of its first row in the input, from 0.

    Of a series, there is a window for each row that has enough rows before it: the row is its last one. Its targets are
    not there. `history` has the known values of the targets.
    """
    inputs = _transformed_inputs(fitted, rows, first)
    lookback = rows_before(fitted)
    stored = range(len(rows))[lookback:]
    if fitted.window is None:
        return _new_rows(fitted, ProcessedSplit(inputs, {}, stored), len(stored))
    window = fitted.window.model_copy(update={"stride": 1})
    with_targets = {name: _window_rows(array, len(stored), window.horizon) for name, array in inputs.items()}
    history = {name: column_values(spec.column, rows) for name, spec in fitted.targets.items() if spec.classes is None}
    split = ProcessedSplit(with_targets, {}, stored, history=history)
    return _new_rows(fitted.model_copy(update={"window": window}), split, window.count(len(stored) + window.horizon))


def rows_before(fitted: Fitted) -> int:
    """How many rows before the first one of a window its steps need."""
    columns = [spec.column for spec in (*fitted.inputs.values(), *fitted.targets.values())]
    return max((column.lookback for column in columns if isinstance(column, ScaledColumns)), default=0)


def _transformed_inputs(fitted: Fitted, rows: RawRows, first: int) -> dict[str, Any]:
    # Nothing else applies the steps of the targets of a series to their known values.
    if problems_of_filled_rows(fitted, rows, first, with_steps=fitted.window is not None):
        raise UnusableRowsError(problems_of_filled_rows(fitted, rows, first))
    try:
        return {name: spec.column.transform(column_values(spec.column, rows)) for name, spec in fitted.inputs.items()}
    except UserError:
        if problems := problems_of_filled_rows(fitted, rows, first):
            raise UnusableRowsError(problems) from None
        raise


def _window_rows(array: NDArray[Any], rows: int, horizon: int) -> NDArray[Any]:
    """The last rows, and an empty row for each one that a window needs for its targets."""
    return np.concatenate([array[len(array) - rows :], np.zeros((horizon, *array.shape[1:]), array.dtype)])


def _new_rows(fitted: Fitted, split: ProcessedSplit, samples: int) -> ProcessedData:
    return ProcessedData(fitted.model_copy(update={"splits": {NEW_ROWS: samples}}), {NEW_ROWS: split})
