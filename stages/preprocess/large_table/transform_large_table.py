"""Transform the rows of a large table by blocks, straight into the files of the processed data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.array_file import ArrayFile
from stages.core.artefacts.processed import ROW_RANGE, InputSpec, RowRange, TargetSpec
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.records.record import write_record
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchArray
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.errors import ErrorList, prefix_errors
from stages.preprocess.count_samples_seen_in_training import hash_rows
from stages.preprocess.fit_columns import check_classes_of_splits
from stages.preprocess.inputs.read_weights import check_weight_of_split, row_weights
from stages.preprocess.large_table.blocks.ragged_parts import RaggedPart, join_parts
from stages.preprocess.large_table.blocks.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.blocks.series_rows import (
    PIECE_ROWS,
    SeriesRows,
    lookback_of,
    pieces_of,
    rows_in_block,
)
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.blocks.values_of_column import Rows, values_of_column
from stages.preprocess.large_table.fit_large_table import LargeTable, first_values
from stages.preprocess.params import Preprocess

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _StoredColumn:
    """An input or target that gets an array. `row` is a transformed row, unless rows have different lengths."""

    name: str
    column: Column
    seed: int | None
    row: NDArray[Any] | None
    # Whether the values are stored as they are, for forecasts of a series.
    is_history: bool = False

    @property
    def row_size(self) -> int:
        return 1 if self.row is None else self.row.size

    @property
    def lookback(self) -> int:
        """How many earlier rows a row needs."""
        return lookback_of(self.column)


@dataclass(frozen=True)
class _RowsOfWindows:
    """`read` are the rows that the windows of a split read, also those before the split.

    `stored` are those of them that have enough rows before them for all steps.
    """

    read: range
    stored: range


@dataclass(frozen=True)
class _SplitOutputs:
    """Where the arrays of a split are written. Rows of different lengths are in files of parts until all are known."""

    code: int
    windows: _RowsOfWindows | None
    files: Mapping[str, ArrayFile]
    parts: Path
    rows: ArrayFile
    weights: ArrayFile | None
    hashes: ScratchArray


@dataclass(frozen=True)
class _Plan:
    splits: RowSplits
    columns: Sequence[_StoredColumn]
    outputs: Mapping[str, _SplitOutputs]
    weight: str | None
    private: bool


@dataclass(frozen=True)
class _RowsOfSplit:
    """Which rows of a block are in an array of a split, and the number of the first of them there."""

    mask: Mask
    start: int


@dataclass(frozen=True)
class _Written:
    """What is known of a block's rows of a split when they are written. `classes` are the numbers of those present."""

    has_weight: bool
    parts: Mapping[str, RaggedPart]
    classes: Mapping[str, set[int]]


def transform_large_table(
    table: LargeTable,
    inputs: Mapping[str, InputSpec],
    targets: Mapping[str, TargetSpec],
    params: Preprocess,
    private: bool,
    folder: Path,
    read: Mapping[str, range] | None = None,
) -> tuple[dict[str, int], dict[str, ScratchArray]]:
    """Return the number of rows of each split, and the hashes of its rows. Raises UserError for classes not trained.

    `read` has the rows that the windows of each split read, if there are windows. Their samples are not compared, and
    their rows have no hashes.
    """
    counts = table.splits.counts(table.blocks)
    sizes = {name: int(counts[:, code].sum()) for code, name in enumerate(SPLITS) if counts[:, code].any()}
    windows = {name: _RowsOfWindows(rows, rows[params.lookback :]) for name, rows in (read or {}).items()}
    sizes |= {name: len(rows.stored) for name, rows in windows.items()}
    columns = _stored_columns(table, inputs, targets, params.lookback, with_hashes=read is None)
    if read is not None:
        columns += [_history(name, spec.column) for name, spec in targets.items() if spec.classes is None]
    outputs = {
        name: _create_outputs(table, columns, params.weight, folder / name, size, windows.get(name))
        for name, size in sizes.items()
    }
    plan = _Plan(table.splits, columns, outputs, params.weight, private)
    starts = np.cumsum(counts, axis=0) - counts
    written = list(map_blocks(partial(_transform_block, plan), list(zip(starts.tolist(), table.blocks, strict=True))))
    _check_classes(columns, written)
    for name, of_split in outputs.items():
        of_blocks = [of_block[name] for of_block in written if name in of_block]
        if params.weight is not None:
            check_weight_of_split(name, any(block.has_weight for block in of_blocks))
        for stored in columns:
            if isinstance(stored.column, PicturePixels):
                _write_pictures(table, stored, of_split, folder / name)
            elif stored.column.sparse:
                parts = [block.parts[stored.name] for block in of_blocks]
                join_parts(parts, folder / name, stored.name, stored.column.weighted)
        _replace_consecutive_rows(folder / name)
    return sizes, {name: of_split.hashes for name, of_split in outputs.items()}


def _stored_columns(
    table: LargeTable,
    inputs: Mapping[str, InputSpec],
    targets: Mapping[str, TargetSpec],
    lookback: int,
    with_hashes: bool,
) -> list[_StoredColumn]:
    columns: dict[str, tuple[Column, int | None]] = {
        f"input.{name}": (spec.column, seed if with_hashes else None)
        for seed, (name, spec) in enumerate(inputs.items())
    }
    columns |= {f"target.{name}": (spec.column, None) for name, spec in targets.items() if spec.stored_in_input is None}
    values = first_values(table, [column for column, _ in columns.values()], lookback)
    stored = []
    for (name, (column, seed)), first in zip(columns.items(), values, strict=True):
        row = None if column.sparse or column.shared else column.transform(first)
        assert row is None or isinstance(row, np.ndarray)
        stored.append(_StoredColumn(name, column, seed, None if row is None else row[:1]))
    return stored


def _history(name: str, target: Column) -> _StoredColumn:
    row = np.zeros((1, len(target.columns)))
    return _StoredColumn(f"history.{name}", NumberColumns(columns=target.columns), None, row, is_history=True)


def _create_outputs(
    table: LargeTable,
    columns: Sequence[_StoredColumn],
    weight: str | None,
    folder: Path,
    rows: int,
    windows: _RowsOfWindows | None,
) -> _SplitOutputs:
    folder.mkdir(parents=True, exist_ok=True)
    return _SplitOutputs(
        code=SPLITS.index(folder.name),
        windows=windows,
        files={
            stored.name: ArrayFile.create(
                folder / f"{stored.name}.npy",
                (len(windows.read) if windows and stored.is_history else rows, *stored.row.shape[1:]),
                stored.row.dtype,
            )
            for stored in columns
            if stored.row is not None
        },
        parts=table.scratch.path / folder.name,
        rows=ArrayFile.create(folder / "rows.npy", (rows,), np.int64),
        weights=None if weight is None else ArrayFile.create(folder / "weights.npy", (rows,), np.float32),
        hashes=table.scratch.file(rows, np.uint64),
    )


def _transform_block(plan: _Plan, at: tuple[list[int], TableBlock]) -> dict[str, _Written]:
    """Write the rows of a block. Of each split, `at` has the number of rows that are in blocks before this one."""
    starts, block = at
    series = _read_rows(plan.columns, block)
    values = series.values
    weights = None
    if plan.weight is not None:
        with prefix_errors(block.name):
            weights = row_weights(block.frame([plan.weight])[plan.weight], plan.weight, plan.private)
    class_numbers: dict[str, Integers] = {
        stored.name: values_of_column(stored.column, values, slice(None))
        for stored in plan.columns
        if isinstance(stored.column, ClassLabels)
    }
    codes = np.array(plan.splits.of(block))
    own = {name: _RowsOfSplit(codes == of.code, starts[of.code]) for name, of in plan.outputs.items()}
    windows = {name: of.windows for name, of in plan.outputs.items() if of.windows is not None}
    stored_rows = own | {name: _rows_of_range(rows.stored, block) for name, rows in windows.items()}
    history_rows = {name: _rows_of_range(rows.read, block) for name, rows in windows.items()}
    for stored in plan.columns:
        if stored.lookback:
            _write_pieces(plan, stored, series)
        elif stored.row is not None:
            rows_of_splits = history_rows if stored.is_history else stored_rows
            _write_arrays(plan, stored, class_numbers.get(stored.name), values, rows_of_splits)
    written = {}
    for name, of_split in plan.outputs.items():
        if own[name].mask.any() or stored_rows[name].mask.any():
            rows, start = np.flatnonzero(stored_rows[name].mask), stored_rows[name].start
            of_split.rows.write(start, block.start + rows)
            if weights is not None and of_split.weights is not None:
                of_split.weights.write(start, weights[rows])
            has_weight = weights is not None and bool(weights[rows].any())
            parts = {
                stored.name: _write_part(stored, values, rows, of_split, start, block)
                for stored in plan.columns
                if stored.column.sparse
            }
            own_rows = rows if of_split.windows is None else np.flatnonzero(own[name].mask)
            classes = {target: _present(numbers.take(own_rows)) for target, numbers in class_numbers.items()}
            written[name] = _Written(has_weight, parts, classes)
    return written


def _read_rows(columns: Sequence[_StoredColumn], block: TableBlock) -> SeriesRows:
    """The values of the block, and those before it of columns with steps that need them."""
    names = [name for stored in columns if not stored.column.shared for name in stored.column.columns]
    need_earlier = [name for stored in columns if stored.lookback for name in stored.column.columns]
    return SeriesRows.read(block, names, need_earlier, max(stored.lookback for stored in columns))


def _rows_of_range(rows: range, block: TableBlock) -> _RowsOfSplit:
    mask, in_block = np.zeros(block.rows, np.bool_), rows_in_block(block, rows)
    mask[in_block.start - block.start : in_block.stop - block.start] = True
    return _RowsOfSplit(mask, max(0, block.start - rows.start))


def _present(class_numbers: Integers) -> set[int]:
    return set(np.flatnonzero(np.bincount(class_numbers)).tolist())


def _check_classes(columns: Sequence[_StoredColumn], written: Sequence[Mapping[str, _Written]]) -> None:
    errors = ErrorList()
    for stored in columns:
        if isinstance(stored.column, ClassLabels):
            present: dict[str, set[int]] = {}
            for of_block in written:
                for split, of_split in of_block.items():
                    present.setdefault(split, set()).update(of_split.classes[stored.name])
            found = {
                split: [stored.column.classes[number] for number in sorted(present[split])]
                for split in SPLITS
                if split in present
            }
            check_classes_of_splits(stored.name.removeprefix("target."), found, errors)
    errors.raise_if_any()


def _write_arrays(
    plan: _Plan,
    stored: _StoredColumn,
    class_numbers: Integers | None,
    values: TableValues,
    rows_of_splits: Mapping[str, _RowsOfSplit],
) -> None:
    """Transform the rows of all splits together, then write those of each split."""
    written = {name: of_split.start for name, of_split in rows_of_splits.items()}
    masks = {name: of_split.mask for name, of_split in rows_of_splits.items()}
    all_hashes = {} if stored.seed is None else {name: of.hashes.open() for name, of in plan.outputs.items()}
    for rows, transformed in _transformed_pieces(stored, class_numbers, values, [*masks.values()]):
        hashes = None if stored.seed is None else hash_rows(transformed, stored.seed)
        for name, of_split in plan.outputs.items():
            chosen = np.flatnonzero(masks[name][rows])
            if not len(chosen):
                continue
            start = written[name]
            end = written[name] = start + len(chosen)
            is_all = len(chosen) == len(transformed)
            of_split.files[stored.name].write(start, transformed if is_all else transformed.take(chosen, axis=0))
            if hashes is not None:
                all_hashes[name][start:end] += hashes.take(chosen)


def _write_pieces(plan: _Plan, stored: _StoredColumn, series: SeriesRows) -> None:
    """Rows of a series, of which each is transformed with the rows before it."""
    for of_split in plan.outputs.values():
        assert of_split.windows is not None
        stored_rows = of_split.windows.stored
        for piece in pieces_of(rows_in_block(series.block, stored_rows)):
            values = series.of_column(stored.column, range(piece.start - stored.lookback, piece.stop))
            transformed = stored.column.transform(values)
            assert isinstance(transformed, np.ndarray)
            of_split.files[stored.name].write(piece.start - stored_rows.start, transformed)


def _transformed_pieces(
    stored: _StoredColumn, class_numbers: Integers | None, values: TableValues, masks: Sequence[Mask]
) -> Iterator[tuple[Rows, NDArray[Any]]]:
    """Pieces of the rows that some split has, with what `column.transform` gives for them."""
    column, is_stored = stored.column, np.logical_or.reduce(masks)
    is_wide = isinstance(column, NumberColumns | FeatureMatrix | ClassLabels) and stored.row_size > 1
    size = PIECE_ROWS if is_wide else len(is_stored)
    for start in range(0, len(is_stored), size):
        rows: Rows = slice(start, min(start + size, len(is_stored)))
        if not is_stored[rows].all():
            rows = start + np.flatnonzero(is_stored[rows])
        of_rows: Any = values_of_column(column, values, rows) if class_numbers is None else class_numbers[rows]
        transformed = of_rows if stored.is_history else column.transform(of_rows)
        assert isinstance(transformed, np.ndarray)
        yield rows, transformed


def _write_part(
    stored: _StoredColumn,
    values: TableValues,
    rows: Integers,
    of_split: _SplitOutputs,
    start: int,
    block: TableBlock,
) -> RaggedPart:
    transformed = stored.column.transform(values_of_column(stored.column, values, rows))
    assert isinstance(transformed, RaggedRows)
    if stored.seed is not None:
        of_split.hashes.open()[start : start + len(rows)] += hash_rows(transformed, stored.seed)
    path = of_split.parts.with_name(f"{of_split.parts.name}.{stored.name}.{block.start}")
    return RaggedPart.write(path, transformed)


def _write_pictures(table: LargeTable, stored: _StoredColumn, of_split: _SplitOutputs, folder: Path) -> None:
    """Each picture of a split is stored once, so that all rows are transformed together."""
    column = stored.column
    assert isinstance(column, PicturePixels)
    rows = np.flatnonzero(table.splits.array.open() == of_split.code)
    shared = column.transform(table.pictures[column.column][rows])
    np.save(folder / f"{stored.name}.values.npy", np.ascontiguousarray(shared.values))
    np.save(folder / f"{stored.name}.numbers.npy", shared.numbers)
    if stored.seed is not None:
        of_split.hashes.open()[:] += hash_rows(shared, stored.seed)


def _replace_consecutive_rows(folder: Path) -> None:
    """Consecutive row numbers are stored as a range."""
    path = folder / "rows.npy"
    rows = np.load(path, mmap_mode="r")
    start, stop = int(rows[0]), int(rows[-1]) + 1
    if stop - start == len(rows):
        del rows
        path.unlink()
        write_record(folder / ROW_RANGE, RowRange(start=start, stop=stop))
