"""Fit the inputs and targets on the training rows of a large table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from stages.core.artefacts.processed import TRAIN, InputSpec, TargetSpec
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.columns.column_kind import Floats
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels, PictureValues
from stages.core.columns.registry import Column
from stages.core.columns.scaling_params import Scaler, ScalingStep
from stages.preprocess.fit_columns import (
    check_no_texts,
    check_rows_kept,
    fit_targets,
    input_spec,
    rows_within,
)
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.large_table.blocks.row_splits import DROPPED, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.blocks.training_blocks import training_blocks
from stages.preprocess.large_table.blocks.values_of_column import values_of_column
from stages.preprocess.params import DropOutliers, Preprocess
from stages.preprocess.scaler_statistics import Moments, mean_and_deviation, moments_of_blocks, statistics_in
from stages.preprocess.steps.check_step_columns import check_step_columns

Columns = Mapping[str, Column]


@dataclass(frozen=True)
class LargeTable:
    """The blocks of a table, the split of each row, and the pictures of each column that has them.

    `moments` are those of some columns of numbers, before any step.
    """

    blocks: Sequence[TableBlock]
    splits: RowSplits
    pictures: Mapping[str, PictureValues]
    moments: Mapping[str, Moments]
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
    first = first_values(table, [*fitted.values()], params.lookback)
    window = [] if params.window is None else [params.window.length]
    if params.window is not None:
        check_no_texts(fitted)
    specs = {name: input_spec(column, row, window) for (name, column), row in zip(fitted.items(), first, strict=True)}
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
    return {name: _fit(table, column, steps) for name, column in columns.items()}


def _fit(table: LargeTable, column: Column, steps: Sequence[ScalingStep]) -> Column:
    statistics, training = statistics_in(table.scratch), table.training(column)
    if isinstance(column, NumberColumns | FeatureMatrix) and not column.steps and steps:
        first, *others = steps
        if isinstance(first, Scaler) and first.step == "standard" and training.count > 1:
            return column.with_scaler(first, *_standard(table, column)).fit(training, others, statistics)
    return column.fit(training, steps, statistics)


def _standard(table: LargeTable, column: NumberColumns | FeatureMatrix) -> tuple[Floats, Floats]:
    """What `standard` needs of the columns that are scaled. Only those without known moments are read."""
    training, scaled = table.training(column), np.flatnonzero(column.scaled)
    known = [table.moments.get(column.output_columns[n]) for n in scaled]
    is_known = np.array([moments is not None for moments in known], np.bool_)
    mean, squares = np.zeros(len(scaled)), np.zeros(len(scaled))
    if not is_known.all():
        to_read = np.zeros(len(column.scaled), np.bool_)
        to_read[scaled[~is_known]] = True
        read = moments_of_blocks(training.then(partial(column.chosen_numbers, to_read)))
        mean[~is_known], squares[~is_known] = read.mean, read.squares
    for number, moments in enumerate(known):
        if moments is not None:
            mean[number], squares[number] = moments.mean[0], moments.squares[0]
    return mean_and_deviation(Moments(training.rows, mean, squares))


def first_values(table: LargeTable, columns: Sequence[Column], lookback: int) -> list[Any]:
    """The values of one training row and of those before it that steps need, for each of the columns."""
    block = next(block for block in table.blocks if len(table.splits.rows_of(block, TRAIN)))
    first = block.start + int(table.splits.rows_of(block, TRAIN)[0])
    block = next(block for block in table.blocks if first + lookback < block.stop)
    names = [name for column in columns if not isinstance(column, PicturePixels) for name in column.columns]
    values = block.read_rows(names, range(first - block.start, first + lookback + 1 - block.start))
    return [
        table.pictures[column.column][:1]
        if isinstance(column, PicturePixels)
        else values_of_column(column, values, slice(None))
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
