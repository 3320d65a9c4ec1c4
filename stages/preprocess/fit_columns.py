"""Fit the inputs and targets on the training rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, InputSpec, TargetSpec
from stages.core.artefacts.row_numbers import RowNumbers, as_array, take_rows
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.column_kind import Floats, ScalerStatistics
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.columns.scaling import ScaledColumns, apply_steps
from stages.core.columns.scaling_params import ScalingStep
from stages.core.errors import ErrorList, UserError, format_examples
from stages.preprocess.inputs.raw_columns import RawColumn, RawColumns
from stages.preprocess.params import DropOutliers, Preprocess
from stages.preprocess.scaler_statistics import scaler_statistics
from stages.preprocess.steps.check_step_columns import check_step_columns

Columns = Mapping[str, Column]


def fit_columns(
    columns: RawColumns, params: Preprocess, rows: Mapping[str, RowNumbers]
) -> tuple[dict[str, InputSpec], dict[str, TargetSpec], dict[str, RowNumbers]]:
    """Return the fitted inputs and targets, and the rows of each split without the dropped outliers."""
    raw = {name: column.column for name, column in columns.inputs.items()}
    values = {name: take_rows(column.values, rows[TRAIN]) for name, column in columns.inputs.items()}
    check_step_columns("steps", params.steps, raw.values())
    fitted, kept = fit_steps(raw, values, params.input_steps.rows)
    if params.window:
        check_no_texts(fitted)
    window = [params.window.length] if params.window else []
    inputs = {
        name: input_spec(column, take_rows(values[name], range(params.lookback + 1)), window)
        for name, column in fitted.items()
    }
    if len(kept) < len(rows[TRAIN]):
        rows = {**rows, TRAIN: take_rows(as_array(rows[TRAIN]), kept)}
    _check_classes(columns.targets, rows)
    train = {name: RawColumn(raw.column, take_rows(raw.values, rows[TRAIN])) for name, raw in columns.targets.items()}
    return inputs, fit_targets(train, params, inputs, scaler_statistics), dict(rows)


def input_spec(column: Column, first_rows: Any, window: list[int]) -> InputSpec:
    """`first_rows` are enough values for one row of the array."""
    first = column.to_batch(column.transform(first_rows))
    return InputSpec(column=column, shape=[*window, *first.shape[1:]])


def check_no_texts(columns: Columns) -> None:
    """A window has one number or category of a column in each step. A text has many words."""
    errors = ErrorList()
    for column in columns.values():
        errors.check(
            not (column.sparse or column.padded),
            f"preprocess.window: column {column.columns[0]} holds texts, and a step of a window takes a number or a "
            "category; set its kind to ignore or category in preprocess.columns, or take the window out",
        )
        errors.check(
            not isinstance(column, PicturePixels),
            f"preprocess.window: column {column.columns[0]} holds pictures, and a step of a window takes a number or a "
            "category; set its kind to ignore in preprocess.columns, or take the window out",
        )
    errors.raise_if_any()


def fit_steps(
    columns: Columns, train: Mapping[str, Any], steps: Sequence[ScalingStep | DropOutliers]
) -> tuple[Columns, RowNumbers]:
    """Return the fitted columns, and the positions of the training rows that are kept.

    A row with an outlier in any column is dropped from all of them before the following steps are fitted.
    """
    kept: RowNumbers = range(len(next(iter(train.values()))))
    not_fitted: list[ScalingStep] = []
    for step in steps:
        if isinstance(step, DropOutliers):
            columns, not_fitted = _fit_all(columns, train, kept, not_fitted), []
            kept = _drop_outliers(columns, train, kept, step.above)
        else:
            not_fitted.append(step)
    return _fit_all(columns, train, kept, not_fitted), kept


def fit_targets(
    targets: Mapping[str, RawColumn],
    params: Preprocess,
    inputs: Mapping[str, InputSpec],
    statistics: ScalerStatistics,
) -> dict[str, TargetSpec]:
    """The values of the targets are those of the training rows."""
    numeric = [raw.column for raw in targets.values() if not isinstance(raw.column, ClassLabels)]
    if params.target_steps and not numeric:
        raise UserError("preprocess.target_steps: they scale values, but every target is a class; take them out")
    check_step_columns("target_steps", params.target_steps, numeric)
    specs = {}
    for name, raw in targets.items():
        column = raw.column.fit(raw.values, params.steps_of_targets.rows, statistics)
        with_same_values = (
            input_name
            for input_name, spec in inputs.items()
            if isinstance(spec.column, NumberColumns) and spec.column.select(column.columns) == column
        )
        is_class = isinstance(column, ClassLabels)
        specs[name] = TargetSpec(
            column=column,
            stored_in_input=next(with_same_values, None),
            step_count=1 if is_class or params.window is None else len(params.window.steps_ahead),
        )
    return specs


def _check_classes(targets: Mapping[str, RawColumn], rows: Mapping[str, RowNumbers]) -> None:
    errors = ErrorList()
    for name, target in targets.items():
        if isinstance(target.column, ClassLabels):
            names = target.column.classes
            found = {
                split: [names[number] for number in np.unique(take_rows(target.values, part)).tolist()]
                for split, part in rows.items()
            }
            check_classes_of_splits(name, found, errors)
    errors.raise_if_any()


def check_classes_of_splits(target: str, found: Mapping[str, list[str]], errors: ErrorList) -> None:
    """Training has at least two classes of each target, and all classes that another split has."""
    if len(found[TRAIN]) < 2:
        errors.add(
            f"target {target}: every training row is {format_examples(map(repr, found[TRAIN]))}; training needs at "
            "least two classes: add rows of another class"
        )
    for split, classes in found.items():
        if unseen := [label for label in classes if label not in found[TRAIN]]:
            errors.add(
                f"target {target}: {format_examples(map(repr, unseen))} in the {split} split is not in the training "
                "rows; use split.order: stratified, or take those rows out of the data"
            )


def _fit_all(
    columns: Columns, train: Mapping[str, Any], rows: RowNumbers, steps: Sequence[ScalingStep]
) -> dict[str, Column]:
    return {
        name: column.fit(take_rows(train[name], rows), steps, scaler_statistics) for name, column in columns.items()
    }


def _drop_outliers(columns: Columns, train: Mapping[str, Any], rows: RowNumbers, above: float) -> RowNumbers:
    """Return the rows whose values, as scaled so far, are within `above` standard deviations in all columns."""
    within = np.ones(len(rows), np.bool_)
    for name, column in columns.items():
        if isinstance(column, ScaledColumns):
            scaled = apply_steps(column.steps, column.to_numbers(take_rows(train[name], rows)))
            matrix = scaled.reshape(len(rows), -1)
            within &= rows_within(matrix, matrix.mean(axis=0), matrix.std(axis=0), above)
    kept = as_array(rows)[within]
    check_rows_kept(len(kept), above)
    return kept


def rows_within(matrix: Floats, mean: Floats, deviation: Floats, above: float) -> NDArray[np.bool_]:
    """A constant column has no outliers."""
    z = np.abs(matrix - mean) / np.where(deviation == 0, 1.0, deviation)
    return np.asarray((z <= above).all(axis=1))


def check_rows_kept(count: int, above: float) -> None:
    if not count:
        raise UserError(f"preprocess.steps: drop_outliers above {above} drops every training row; use a larger value")
