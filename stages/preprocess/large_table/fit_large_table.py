"""Fit the inputs and targets on the training rows of a large table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, InputSpec, TargetSpec
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.column_kind import Floats
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.picture_pixels import PicturePixels, PictureValues
from stages.core.columns.registry import Column
from stages.core.columns.scaling_params import ScalingStep
from stages.core.errors import ErrorList
from stages.preprocess.fit_columns import (
    check_classes_of_splits,
    check_rows_kept,
    fit_targets,
    input_spec,
    rows_within,
)
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.large_table.class_numbers import ClassNumbers
from stages.preprocess.large_table.row_splits import DROPPED, SPLITS, RowSplits
from stages.preprocess.large_table.table_block import TableBlock
from stages.preprocess.large_table.training_blocks import training_blocks, values_of_column
from stages.preprocess.params import DropOutliers, Preprocess
from stages.preprocess.scaler_statistics import moments_of_blocks, statistics_in
from stages.preprocess.steps.check_step_columns import check_step_columns

Columns = Mapping[str, Column]


@dataclass(frozen=True)
class LargeTable:
    """The blocks of a table, the split of each row, and the pictures of each column that has them."""

    blocks: Sequence[TableBlock]
    splits: RowSplits
    pictures: Mapping[str, PictureValues]
    scratch: ScratchFolder

    def training(self, column: Column) -> Any:
        """The values of the training rows, as `column.fit` takes them."""
        if isinstance(column, PicturePixels):
            return self.pictures[column.column]
        return training_blocks(self.blocks, self.splits, column)


def fit_large_table(
    table: LargeTable, inputs: Columns, targets: Columns, params: Preprocess
) -> tuple[dict[str, InputSpec], dict[str, TargetSpec]]:
    """As `fit_columns`; the split of the dropped outliers changes to DROPPED."""
    check_step_columns("steps", params.steps, inputs.values())
    fitted = _fit_steps(table, inputs, params.input_steps.rows)
    first = first_values(table, [*fitted.values()])
    specs = {name: input_spec(column, row, []) for (name, column), row in zip(fitted.items(), first, strict=True)}
    _check_classes(table, targets)
    train = {name: RawColumn(column, table.training(column)) for name, column in targets.items()}
    return specs, fit_targets(train, params, specs, statistics_in(table.scratch))


def _fit_steps(table: LargeTable, columns: Columns, steps: Sequence[ScalingStep | DropOutliers]) -> Columns:
    not_fitted: list[ScalingStep] = []
    for step in steps:
        if isinstance(step, DropOutliers):
            columns, not_fitted = _fit_all(table, columns, not_fitted), []
            _drop_outliers(table, columns, step.above)
        else:
            not_fitted.append(step)
    return _fit_all(table, columns, not_fitted)


def _fit_all(table: LargeTable, columns: Columns, steps: Sequence[ScalingStep]) -> Columns:
    statistics = statistics_in(table.scratch)
    return {name: column.fit(table.training(column), steps, statistics) for name, column in columns.items()}


def first_values(table: LargeTable, columns: Sequence[Column]) -> list[Any]:
    """The values of one training row, for each of the columns."""
    first = next(block for block in table.blocks if len(table.splits.rows_of(block, TRAIN)))
    row = table.splits.rows_of(first, TRAIN)[:1]
    values = first.read([n for column in columns if not isinstance(column, PicturePixels) for n in column.columns])
    return [
        table.pictures[column.column][:1]
        if isinstance(column, PicturePixels)
        else values_of_column(column, values, row)
        for column in columns
    ]


def _drop_outliers(table: LargeTable, columns: Columns, above: float) -> None:
    limits: list[tuple[NumberColumns | FeatureMatrix, Floats, Floats]] = []
    for column in columns.values():
        if isinstance(column, NumberColumns | FeatureMatrix):
            numbers = table.training(column).then(column.scaled_numbers)
            moments = moments_of_blocks(numbers)
            limits.append((column, moments.mean, np.sqrt(moments.squares / moments.rows)))
    kept = sum(map_blocks(partial(_drop_in_block, limits, above, table.splits), table.blocks))
    check_rows_kept(kept, above)


def _drop_in_block(
    limits: Sequence[tuple[NumberColumns | FeatureMatrix, Floats, Floats]],
    above: float,
    splits: RowSplits,
    block: TableBlock,
) -> int:
    rows = splits.rows_of(block, TRAIN)
    within = np.ones(len(rows), np.bool_)
    for column, mean, deviation in limits:
        matrix = column.scaled_numbers(values_of_column(column, block.read(column.columns), rows))
        within &= rows_within(matrix, mean, deviation, above)
    splits.of(block)[rows[~within]] = DROPPED
    return int(within.sum())


def _check_classes(table: LargeTable, targets: Columns) -> None:
    classified = {name: ClassNumbers(c) for name, c in targets.items() if isinstance(c, ClassLabels)}
    counts: dict[str, NDArray[np.int64]] = {}
    for of_block in map_blocks(partial(_count_classes, classified, table.splits), table.blocks):
        counts = {name: counts.get(name, 0) + rows for name, rows in of_block.items()}
    errors = ErrorList()
    for name, of_splits in counts.items():
        classes = classified[name].column.classes
        found = {
            split: [classes[n] for n in np.flatnonzero(rows).tolist()]
            for split, rows in zip(SPLITS, of_splits, strict=False)
            if rows.any()
        }
        check_classes_of_splits(name, found, errors)
    errors.raise_if_any()


def _count_classes(
    targets: Mapping[str, ClassNumbers], splits: RowSplits, block: TableBlock
) -> dict[str, NDArray[np.int64]]:
    """For each target a row for each split: the number of rows of each class."""
    codes = splits.of(block).astype(np.int64)
    counts = {}
    for name, target in targets.items():
        width = len(target.column.classes)
        cells = np.bincount(codes * width + target.read(block), minlength=(DROPPED + 1) * width)
        counts[name] = cells.reshape(DROPPED + 1, width)
    return counts
