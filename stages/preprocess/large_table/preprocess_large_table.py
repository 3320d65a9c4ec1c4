"""A large table as arrays for each split, in bounded memory."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from stages.core.artefacts.processed import FITTED_FILE, TRAIN, Fitted, read_split
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.record import write_record
from stages.core.bounded_memory.scratch_arrays import ScratchFolder, scratch_folder
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.registry import Column
from stages.core.errors import ErrorList, UserError
from stages.core.runtime.library_versions import installed_versions
from stages.preprocess.count_samples_seen_in_training import count_seen
from stages.preprocess.inputs.read_columns import check_options, check_target_columns
from stages.preprocess.inputs.read_picture_inputs import picture_values
from stages.preprocess.inputs.select_columns import select_columns
from stages.preprocess.large_table.blocks.check_numbers import check_targets
from stages.preprocess.large_table.blocks.forward_values import fill_blocks_forward
from stages.preprocess.large_table.blocks.row_splits import DROPPED, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock, blocks_of_table, with_earlier_blocks
from stages.preprocess.large_table.class_numbers import ClassNumbers, find_classes
from stages.preprocess.large_table.fit_large_table import LargeTable, fit_large_table
from stages.preprocess.large_table.read_large_inputs import read_large_inputs
from stages.preprocess.large_table.split_large_table import split_large_table
from stages.preprocess.large_table.transform_large_table import transform_large_table
from stages.preprocess.params import Preprocess
from stages.preprocess.split.rows_of_windows import rows_to_read
from stages.preprocess.split.split_columns import check_split_columns
from stages.preprocess.split.split_rows import check_windows
from stages.preprocess.steps.fit_window_steps import fit_window_steps


def preprocess_large_table(table: Table, params: Preprocess, folder: Path) -> None:
    """Write what `preprocess` and `write_processed` write for a table of one block. The folds of a backtest are not."""
    with scratch_folder(folder.parent) as scratch:
        _preprocess(table, params, folder, scratch)


def _preprocess(table: Table, params: Preprocess, folder: Path, scratch: ScratchFolder) -> None:
    check_options(table, params)
    check_split_columns(table, params)
    inputs, named_targets = select_columns(params, table)
    check_target_columns(table, named_targets)
    blocks = blocks_of_table(table)
    targets = _targets(table, params, named_targets, blocks)
    # Of a target, gaps are refused before. A table has no such columns.
    if table.kind == "series":
        blocks = with_earlier_blocks(fill_blocks_forward(blocks, params.columns), params.lookback)
    classes = {name: ClassNumbers(column) for name, column in targets.items() if isinstance(column, ClassLabels)}
    splits = split_large_table(table, blocks, params, classes, scratch)
    window = params.window
    read = None if window is None else _rows_to_read(table, params, splits, blocks)
    read_inputs = read_large_inputs(table, inputs, params, blocks, splits, scratch)
    large = LargeTable(blocks, splits, picture_values(table), read_inputs.moments, scratch)
    input_specs, target_specs = fit_large_table(large, read_inputs.columns, targets, params)
    is_private = params.weight in table.private
    sizes, hashes = transform_large_table(large, input_specs, target_specs, params, is_private, folder, read)
    fitted = Fitted(
        inputs=input_specs,
        targets=target_specs,
        splits=sizes if window is None else {name: window.count(rows) for name, rows in sizes.items()},
        window=window,
        dropped_outliers=int(splits.counts(blocks)[:, DROPPED].sum()),
        weight=params.weight,
        versions=installed_versions("numpy", "scikit-learn"),
    )
    if window is None:
        stored = {name: read_split(fitted, folder, name, folder.name) for name in sizes}
        seen = count_seen(stored, {name: array.open() for name, array in hashes.items()}, scratch.array)
        fitted = fitted.model_copy(update={"seen_in_training": seen})
    else:
        training = read_split(fitted, folder, TRAIN, folder.name)
        input_specs, target_specs = fit_window_steps(input_specs, target_specs, training, params)
        fitted = fitted.model_copy(update={"inputs": input_specs, "targets": target_specs})
    write_record(folder / FITTED_FILE, fitted)


def _rows_to_read(
    table: Table, params: Preprocess, splits: RowSplits, blocks: Sequence[TableBlock]
) -> dict[str, range]:
    rows = splits.rows(blocks)
    check_windows(params, rows, table.sizes)
    read = rows_to_read(params, rows, table.sizes)
    return {name: part for name, part in read.items() if isinstance(part, range)}


def _targets(
    table: Table, params: Preprocess, named: Mapping[str, list[str]], blocks: Sequence[TableBlock]
) -> dict[str, Column]:
    targets: dict[str, Column] = {}
    errors = ErrorList()
    for name, columns in named.items():
        encoding = params.labels.get(name) if isinstance(params.labels, dict) else params.labels
        with errors.collect():
            if encoding is None:
                check_targets(columns, blocks)
                targets[name] = NumberColumns(columns=columns)
                continue
            if len(columns) != 1:
                raise UserError(f"preprocess.labels: target {name} must be one column of {', '.join(table.columns)}")
            found = find_classes(columns[0], blocks)
            classes = table.classes.get(columns[0]) or found
            targets[name] = ClassLabels(columns=columns, classes=classes, encoding=encoding)
    errors.raise_if_any()
    return targets
