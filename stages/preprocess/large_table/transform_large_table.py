"""Transform the rows of a large table by blocks, straight into the files of the processed data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.array_file import ArrayFile, concatenate_raw_files
from stages.core.artefacts.processed import ROW_RANGE, InputSpec, RowRange, TargetSpec
from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths
from stages.core.artefacts.records.record import write_record
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchArray
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.errors import prefix_errors
from stages.preprocess.count_samples_seen_in_training import hash_rows
from stages.preprocess.inputs.read_weights import check_weight_of_split, row_weights
from stages.preprocess.large_table.fit_large_table import LargeTable, first_values
from stages.preprocess.large_table.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.table_block import TableBlock
from stages.preprocess.large_table.training_blocks import values_of_column

Integers = NDArray[np.int64]
# Matrices are made of so many rows at once, which stay in the caches of the processor.
PIECE_ROWS = 32_768


@dataclass(frozen=True)
class _StoredColumn:
    """An input or target that gets an array. `row` is a transformed row, unless rows have different lengths."""

    name: str
    column: Column
    seed: int | None
    row: NDArray[Any] | None


@dataclass(frozen=True)
class _Output:
    """Where the array of an input or target of a split is written. Rows of different lengths are files of parts."""

    name: str
    column: Column
    seed: int | None
    file: ArrayFile | None
    parts: Path


@dataclass(frozen=True)
class _SplitOutputs:
    code: int
    arrays: Sequence[_Output]
    rows: ArrayFile
    weights: ArrayFile | None
    hashes: ScratchArray


@dataclass(frozen=True)
class _Plan:
    splits: RowSplits
    outputs: Mapping[str, _SplitOutputs]
    weight: str | None
    private: bool


@dataclass(frozen=True)
class _Part:
    """Rows of different lengths of a block. Files beside `path` have their ids, and weights if there are any."""

    path: Path
    lengths: Integers
    dtype: str


@dataclass(frozen=True)
class _Written:
    """What is known of a block's rows of a split when they are written."""

    has_weight: bool
    parts: Mapping[str, _Part]


def transform_large_table(
    table: LargeTable,
    inputs: Mapping[str, InputSpec],
    targets: Mapping[str, TargetSpec],
    weight: str | None,
    private: bool,
    folder: Path,
) -> tuple[dict[str, int], dict[str, ScratchArray]]:
    """Return the number of rows of each split, and the hashes of its rows."""
    counts = table.splits.counts(table.blocks)
    sizes = {name: int(counts[:, code].sum()) for code, name in enumerate(SPLITS) if counts[:, code].any()}
    columns = _stored_columns(table, inputs, targets)
    outputs = {name: _create_outputs(table, columns, weight, folder / name, size) for name, size in sizes.items()}
    plan = _Plan(table.splits, outputs, weight, private)
    starts = np.cumsum(counts, axis=0) - counts
    written = list(map_blocks(partial(_transform_block, plan), list(zip(starts.tolist(), table.blocks, strict=True))))
    for name, of_split in outputs.items():
        of_blocks = [of_block[name] for of_block in written if name in of_block]
        if weight is not None:
            check_weight_of_split(name, any(block.has_weight for block in of_blocks))
        for output in of_split.arrays:
            if isinstance(output.column, PicturePixels):
                _write_pictures(table, output, of_split, folder / name)
            elif output.column.sparse:
                _join_parts(output, of_blocks, folder / name)
        _replace_consecutive_rows(folder / name)
    return sizes, {name: of_split.hashes for name, of_split in outputs.items()}


def _stored_columns(
    table: LargeTable, inputs: Mapping[str, InputSpec], targets: Mapping[str, TargetSpec]
) -> list[_StoredColumn]:
    columns: dict[str, tuple[Column, int | None]] = {
        f"input.{name}": (spec.column, seed) for seed, (name, spec) in enumerate(inputs.items())
    }
    columns |= {f"target.{name}": (spec.column, None) for name, spec in targets.items() if spec.stored_in_input is None}
    values = first_values(table, [column for column, _ in columns.values()])
    stored = []
    for (name, (column, seed)), first in zip(columns.items(), values, strict=True):
        row = None if column.sparse or column.shared else column.transform(first)
        assert row is None or isinstance(row, np.ndarray)
        stored.append(_StoredColumn(name, column, seed, row))
    return stored


def _create_outputs(
    table: LargeTable, columns: Sequence[_StoredColumn], weight: str | None, folder: Path, rows: int
) -> _SplitOutputs:
    folder.mkdir(parents=True, exist_ok=True)
    arrays = []
    for stored in columns:
        parts = table.scratch.path / f"{folder.name}.{stored.name}"
        row, file = stored.row, None
        if row is not None:
            file = ArrayFile.create(folder / f"{stored.name}.npy", (rows, *row.shape[1:]), row.dtype)
        arrays.append(_Output(stored.name, stored.column, stored.seed, file, parts))
    return _SplitOutputs(
        code=SPLITS.index(folder.name),
        arrays=arrays,
        rows=ArrayFile.create(folder / "rows.npy", (rows,), np.int64),
        weights=None if weight is None else ArrayFile.create(folder / "weights.npy", (rows,), np.float32),
        hashes=table.scratch.file(rows, np.uint64),
    )


def _transform_block(plan: _Plan, at: tuple[list[int], TableBlock]) -> dict[str, _Written]:
    """Write the rows of a block. Of each split, `at` has the number of rows that are in blocks before this one."""
    starts, block = at
    arrays = next(iter(plan.outputs.values())).arrays
    names = [c for output in arrays if not output.column.shared for c in output.column.columns]
    values = block.read(names)
    weights = None
    if plan.weight is not None:
        with prefix_errors(block.name):
            weights = row_weights(block.frame([plan.weight])[plan.weight], plan.weight, plan.private)
    written = {}
    for name, of_split in plan.outputs.items():
        rows = plan.splits.rows_of(block, name)
        if len(rows):
            start = starts[of_split.code]
            of_split.rows.write(start, block.start + rows)
            if weights is not None and of_split.weights is not None:
                of_split.weights.write(start, weights[rows])
            columns = _write_columns(of_split, values, rows, start, block)
            written[name] = _Written(weights is not None and bool(weights[rows].any()), columns)
    return written


def _write_columns(
    of_split: _SplitOutputs, values: Mapping[str, ColumnValues], rows: Integers, start: int, block: TableBlock
) -> dict[str, _Part]:
    """Return the parts of arrays whose rows have different lengths."""
    parts = {}
    hashes = of_split.hashes.open()[start : start + len(rows)]
    for output in of_split.arrays:
        if output.column.shared:
            continue
        size = PIECE_ROWS if isinstance(output.column, NumberColumns | FeatureMatrix) else len(rows)
        for first in range(0, len(rows), size):
            piece = rows[first : first + size]
            transformed = output.column.transform(values_of_column(output.column, values, piece))
            if output.seed is not None:
                hashes[first : first + size] += hash_rows(transformed, output.seed)
            if isinstance(transformed, RaggedRows):
                parts[output.name] = _write_part(output, transformed, block)
            else:
                assert output.file is not None
                assert isinstance(transformed, np.ndarray)
                output.file.write(start + first, transformed)
    return parts


def _write_part(output: _Output, rows: RaggedRows, block: TableBlock) -> _Part:
    path = output.parts.with_name(f"{output.parts.name}.{block.start}")
    rows.ids.tofile(_beside(path, "ids"))
    if rows.weights is not None:
        rows.weights.tofile(_beside(path, "weights"))
    return _Part(path, np.diff(rows.offsets), rows.ids.dtype.str)


def _beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.{name}")


def _join_parts(output: _Output, blocks: Sequence[_Written], folder: Path) -> None:
    """Write an array of rows of different lengths from the parts of the blocks."""
    parts = [block.parts[output.name] for block in blocks]
    lengths = np.concatenate([part.lengths for part in parts])
    np.save(folder / f"{output.name}.offsets.npy", offsets_from_lengths(lengths))
    paths = [part.path for part in parts]
    concatenate_raw_files([_beside(p, "ids") for p in paths], folder / f"{output.name}.ids.npy", parts[0].dtype)
    if output.column.weighted:
        weights = [_beside(path, "weights") for path in paths]
        concatenate_raw_files(weights, folder / f"{output.name}.weights.npy", np.float32)


def _write_pictures(table: LargeTable, output: _Output, of_split: _SplitOutputs, folder: Path) -> None:
    """Each picture of a split is stored once, so that all rows are transformed together."""
    column = output.column
    assert isinstance(column, PicturePixels)
    rows = np.flatnonzero(table.splits.array.open() == of_split.code)
    shared = column.transform(table.pictures[column.column][rows])
    np.save(folder / f"{output.name}.values.npy", np.ascontiguousarray(shared.values))
    np.save(folder / f"{output.name}.numbers.npy", shared.numbers)
    if output.seed is not None:
        of_split.hashes.open()[:] += hash_rows(shared, output.seed)


def _replace_consecutive_rows(folder: Path) -> None:
    """Consecutive row numbers are stored as a range."""
    path = folder / "rows.npy"
    rows = np.load(path, mmap_mode="r")
    start, stop = int(rows[0]), int(rows[-1]) + 1
    if stop - start == len(rows):
        del rows
        path.unlink()
        write_record(folder / ROW_RANGE, RowRange(start=start, stop=stop))
