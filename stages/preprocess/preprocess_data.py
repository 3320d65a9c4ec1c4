"""Raw data as arrays for each split."""

from collections.abc import Mapping
from typing import Any, cast

from numpy.typing import NDArray

from stages.core.artefacts.processed import (
    TRAIN,
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    target_stored_in_input,
)
from stages.core.artefacts.raw.raw_data import RawData, split_sizes
from stages.core.artefacts.row_numbers import RowNumbers, take_rows
from stages.core.columns.registry import Column
from stages.core.errors import prefix_errors
from stages.core.runtime.library_versions import installed_versions
from stages.preprocess.count_samples_seen_in_training import seen_in_training
from stages.preprocess.fit_columns import fit_columns
from stages.preprocess.inputs.raw_columns import RawColumn, RawColumns
from stages.preprocess.inputs.read_columns import read_inputs, read_targets
from stages.preprocess.inputs.read_weights import Weights, check_split_weights, read_weights
from stages.preprocess.params import Preprocess
from stages.preprocess.split.fold_rows import FoldRows
from stages.preprocess.split.rows_of_windows import rows_to_read
from stages.preprocess.split.split_columns import read_split_columns
from stages.preprocess.split.split_rows import split_rows
from stages.preprocess.steps.fit_window_steps import fit_window_steps


def preprocess(raw: RawData, params: Preprocess) -> ProcessedData:
    """Turn raw data into arrays for each split. Columns are fitted on training rows only."""
    targets = read_targets(raw, params)
    return _preprocess_rows(
        raw, params, targets, split_rows(params, split_sizes(raw), targets, read_split_columns(raw, params))
    )


def preprocess_fold(raw: RawData, params: Preprocess, number: int, rows: FoldRows) -> ProcessedData:
    """Turn the rows of a fold of the backtest into arrays, as `preprocess` does for all rows."""
    of_fold = params.model_copy(update={"backtest": None})
    with prefix_errors(f"preprocess.backtest: fold {number}"):
        return _preprocess_rows(raw, of_fold, read_targets(raw, params), rows)


def _preprocess_rows(
    raw: RawData, params: Preprocess, raw_targets: Mapping[str, RawColumn], all_rows: Mapping[str, RowNumbers]
) -> ProcessedData:
    weights = read_weights(raw, params)
    columns = RawColumns(read_inputs(raw, params, all_rows[TRAIN]), raw_targets)
    inputs, targets, rows = fit_columns(columns, params, all_rows)
    window = params.window
    read = rows_to_read(params, rows, split_sizes(raw)) if window else rows
    splits = {
        name: _transform_columns(columns, inputs, targets, weights, numbers, params) for name, numbers in read.items()
    }
    check_split_weights(splits)
    if window:
        inputs, targets = fit_window_steps(inputs, targets, splits[TRAIN], params)
    fitted = Fitted(
        inputs=inputs,
        targets=targets,
        splits={name: window.count(len(s.rows)) if window else len(s.rows) for name, s in splits.items()},
        window=window,
        dropped_outliers=len(all_rows[TRAIN]) - len(rows[TRAIN]),
        seen_in_training={} if window else seen_in_training(splits),
        folds=params.backtest.folds if params.backtest else 0,
        weight=params.weight,
        versions=installed_versions("numpy", "scikit-learn"),
    )
    return ProcessedData(fitted, splits)


def _transform_columns(
    columns: RawColumns,
    inputs: Mapping[str, InputSpec],
    targets: Mapping[str, TargetSpec],
    weights: Weights | None,
    rows: RowNumbers,
    params: Preprocess,
) -> ProcessedSplit:
    stored = rows[params.lookback :]

    def transform(column: Column, values: Any) -> Any:
        """All arrays begin with the first row that has enough rows before it for all of them."""
        return column.transform(take_rows(values, rows))[-len(stored) :]

    x = {name: transform(spec.column, columns.inputs[name].values) for name, spec in inputs.items()}
    y = {
        name: target_stored_in_input(spec, inputs, x)
        if spec.stored_in_input is not None
        else cast("NDArray[Any]", transform(spec.column, columns.targets[name].values))
        for name, spec in targets.items()
    }
    history = {
        name: take_rows(columns.targets[name].values, rows)
        for name, spec in targets.items()
        if params.window and spec.classes is None
    }
    return ProcessedSplit(x, y, stored, None if weights is None else take_rows(weights, stored), history)
