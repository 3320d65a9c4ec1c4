"""Rows of a large table that are nearly the same, as `near_duplicate_rows` finds them in memory.

The values of a few columns of numbers are divided into cells that are as wide as two rows may differ, so that similar
rows are in the same cell or in neighbouring ones. Each row has a hash for its cells and the cells after them; the hash
also has all values that must be equal. Similar rows share a hash, and only rows that do are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Table
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.errors import format_examples
from stages.validate.all_rows import Rows, read_blocks, row_count, rows_with_picture_numbers, split_numbers
from stages.validate.expectations.column_statistics import quantiles
from stages.validate.leakage.candidate_rows import Integers, join_ranges
from stages.validate.leakage.hashes import HashedRows, Hashes, HashGroup, hash_rows, mix_bits
from stages.validate.leakage.near_duplicate_rows import MIN_NUMBER_COLUMNS
from stages.validate.leakage.select_nearest import Floats, NearestRows, select_nearest

# Columns that are divided into cells. A row has two hashes for one column, and eight for three.
GRID_COLUMNS = 3
SAMPLED_VALUES = 1000
HASH_STEP = np.uint64(0x9E3779B97F4A7C15)
ROWS_AT_ONCE = 1 << 17
PAIRS_AT_ONCE = 1 << 17
# About a minute of one core.
MAX_PAIRS = 200_000_000
# Hashes that are sorted in memory at once, about 300 MB.
MAX_HASHES = 4_000_000


@dataclass(frozen=True)
class NumberColumn:
    """`low` is the first quartile. `close_share` is about the share of rows that are close to a row in this column."""

    name: str
    low: float
    interquartile_range: float
    close_share: float


@dataclass(frozen=True)
class NearRowsFound:
    """`first` are the first rows, each with the most similar earlier row. Rows were not compared `why_not`."""

    count: int
    candidates: int
    compared: int
    first: NearestRows
    why_not: str | None = None


class _TooManyPairs(Exception):
    pass


def near_duplicate_blocks(
    raw: Table, rows: Rows, row_hashes: HashedRows, tolerance: float, limit: int, scratch: ScratchFolder
) -> NearRowsFound:
    """`row_hashes` are those of all rows: rows that equal an earlier one are no candidates."""
    is_candidate = _candidates(rows, row_hashes, scratch)
    candidates = int(np.count_nonzero(is_candidate))
    names = [
        str(name)
        for name, dtype in rows.blocks[0].read().dtypes.items()
        if name not in raw.pictures and pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    ]
    values = _values(rows, names, scratch)
    described = [_describe(name, values[:, number], tolerance, scratch) for number, name in enumerate(names)]
    used = [number for number, column in enumerate(described) if column.interquartile_range > 0]
    columns = [described[number] for number in used]
    if len(columns) < MIN_NUMBER_COLUMNS or not candidates:
        return NearRowsFound(0, candidates, 0, select_nearest([]))
    grid = sorted(columns, key=lambda column: column.close_share)[:GRID_COLUMNS]
    nearest = _Nearest(row_count(rows), scratch)
    ranges = np.array([column.interquartile_range for column in columns])
    try:
        for pairs in _pairs(rows, _hash_cells(raw, rows, columns, grid, tolerance, scratch), is_candidate):
            nearest.add(_near_pairs(values, used, ranges, *pairs, tolerance))
    except _TooManyPairs:
        close = format_examples(column.name for column in grid)
        return NearRowsFound(
            0, candidates, 0, select_nearest([]), f"too many rows are close in {close}; equal rows are found"
        )
    return NearRowsFound(nearest.count(), candidates, candidates, nearest.first(limit))


def _candidates(rows: Rows, row_hashes: HashedRows, scratch: ScratchFolder) -> NDArray[np.bool_]:
    """As `find_candidates`."""
    found = scratch.array(row_count(rows), np.bool_)
    for part in row_hashes.equal_rows():
        limits = _limits(rows, part.positions)
        found[part.positions] = (limits > 0) & (part.originals >= limits)
    return found


def _limits(rows: Rows, positions: Integers) -> Integers:
    """Each row is compared with all rows before its limit."""
    starts = np.cumsum([0, *rows.split_sizes.values()])
    if sum(size > 0 for size in rows.split_sizes.values()) == 1:
        return positions
    limits: Integers = starts[split_numbers(rows, positions)]
    return limits


def _values(rows: Rows, names: Sequence[str], scratch: ScratchFolder) -> Floats:
    values: Floats = scratch.array((row_count(rows), len(names)), np.float64)
    for frame in read_blocks(rows, names) if names else ():
        values[frame.index[0] : frame.index[-1] + 1] = frame.to_numpy(np.float64, na_value=np.nan)
    return values


def _describe(name: str, values: Floats, tolerance: float, scratch: ScratchFolder) -> NumberColumn:
    ascending = scratch.array(len(values), np.float64)
    ascending[:] = values
    ascending.sort()
    # Missing values are last.
    ascending = ascending[np.searchsorted(ascending, -np.inf, "right") : np.searchsorted(ascending, np.inf, "left")]
    low, high = quantiles(ascending, [0.25, 0.75], "linear")
    if not len(ascending) or not high > low:
        return NumberColumn(name, 0.0, 0.0, 1.0)
    sample = ascending[np.linspace(0, len(ascending) - 1, SAMPLED_VALUES).astype(np.int64)]
    distance = (high - low) * tolerance
    close = np.searchsorted(ascending, sample + distance, "right") - np.searchsorted(ascending, sample - distance)
    return NumberColumn(name, low, high - low, float(close.mean()) / len(ascending))


def _hash_cells(
    raw: Table,
    rows: Rows,
    columns: Sequence[NumberColumn],
    grid: Sequence[NumberColumn],
    tolerance: float,
    scratch: ScratchFolder,
) -> HashedRows:
    numbers = {column.name for column in columns}
    equal = [name for name in rows.columns if name not in numbers]
    hashed = HashedRows(scratch, row_count(rows) << len(grid))
    for frame in read_blocks(rows):
        named = rows_with_picture_numbers(raw, rows, frame)
        for start in range(0, len(frame), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            cells = [_cells(frame[column.name].iloc[part], column, tolerance) for column in grid]
            halves = _hash_cells_of_rows(hash_rows(named.iloc[part], equal), cells)
            hashed.add_hashes(halves, np.repeat(frame.index.to_numpy()[part], 1 << len(grid)))
    return hashed


def _hash_cells_of_rows(equal: tuple[Hashes, Hashes], cells: Sequence[Floats]) -> tuple[Hashes, Hashes]:
    """The hashes of a row for its own cells and the next ones of each column, one row after another."""
    hashed = [[hash_rows(pd.DataFrame({0: cell + step}), [0]) for step in (0, 1)] for cell in cells]
    one, other = (half[:, None] for half in equal)
    for of_column in hashed:
        one, other = (
            np.concatenate([(half * HASH_STEP) + step[number][:, None] for step in of_column], axis=1)
            for number, half in enumerate((one, other))
        )
    return mix_bits(one.reshape(-1)), mix_bits(other.reshape(-1))


def _cells(values: pd.Series, column: NumberColumn, tolerance: float) -> Floats:
    """A little wider than the tolerance, because quotients are rounded."""
    width = column.interquartile_range * tolerance * (1 + 1e-6)
    cells: Floats = np.floor((values.to_numpy(np.float64, na_value=np.nan) - column.low) / width)
    return cells


def _pairs(rows: Rows, hashed: HashedRows, is_candidate: NDArray[np.bool_]) -> Iterator[tuple[Integers, Integers]]:
    """Candidates, and earlier rows that share a hash with them, in blocks. A pair may come more than once."""
    count = 0
    if hashed.largest_group() > MAX_HASHES:
        raise _TooManyPairs
    for group in hashed.groups():
        later, starts, sizes = _rows_with_earlier_ones(rows, group, is_candidate)
        count += int(sizes.sum())
        if count > MAX_PAIRS:
            raise _TooManyPairs
        blocks = np.cumsum(sizes) // PAIRS_AT_ONCE
        for block in np.unique(blocks):
            inside = blocks == block
            earlier = group.positions[join_ranges(starts[inside], sizes[inside])]
            yield np.repeat(later[inside], sizes[inside]), earlier


def _rows_with_earlier_ones(
    rows: Rows, group: HashGroup, is_candidate: NDArray[np.bool_]
) -> tuple[Integers, Integers, Integers]:
    """The candidates of a group, and where in it the rows before their limits with the same hash start; their number.

    Most hashes are those of one row.
    """
    shared = np.flatnonzero(~group.is_new)
    chosen = shared[is_candidate[group.positions[shared]]]
    first_of_hash = np.flatnonzero(group.is_new)
    numbers = np.cumsum(group.is_new) - 1
    starts = first_of_hash[numbers[chosen]]
    # Rows with the same hash are in ascending order.
    total = row_count(rows)
    order = numbers * total + group.positions
    ends = np.searchsorted(order, numbers[chosen] * total + _limits(rows, group.positions[chosen]))
    has_earlier = ends > starts
    return group.positions[chosen[has_earlier]], starts[has_earlier], (ends - starts)[has_earlier]


def _near_pairs(
    values: Floats, used: Sequence[int], ranges: Floats, rows: Integers, others: Integers, tolerance: float
) -> NearestRows:
    """As `ComparedColumn.distance`, for all columns of numbers at once."""
    one, other = (values[numbers][:, used] for numbers in (rows, others))
    equal = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore"):
        distances = np.abs(one - other) / ranges
    distance = np.where(equal, 0.0, np.where(np.isnan(distances), np.inf, distances)).max(axis=1)
    near = distance <= tolerance
    return NearestRows(rows[near], others[near], 1 - distance[near])


class _Nearest:
    """The most similar earlier row of each row, in files: its number, counted from 1, and the similarity."""

    def __init__(self, rows: int, scratch: ScratchFolder) -> None:
        self._others: NDArray[Any] = scratch.array(rows, np.int64)
        self._similarity: Floats = scratch.array(rows, np.float64)

    def add(self, pairs: NearestRows) -> None:
        found = select_nearest([pairs])
        before, others = self._similarity[found.rows], self._others[found.rows]
        better = found.similarity > before
        better |= (found.similarity == before) & (found.nearest + 1 < others)
        self._similarity[found.rows[better]] = found.similarity[better]
        self._others[found.rows[better]] = found.nearest[better] + 1

    def count(self) -> int:
        return int(np.count_nonzero(self._others))

    def first(self, limit: int) -> NearestRows:
        rows = np.flatnonzero(self._others)[:limit]
        return NearestRows(rows, np.asarray(self._others[rows]) - 1, np.asarray(self._similarity[rows]))
