"""Draw whole groups of the rows of a large table: the rows that `draw_groups` draws of a table in memory.

The texts of all groups are in memory, and the number of each row's group is in a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Table
from stages.core.bounded_memory.scratch_arrays import ScratchArray, ScratchFolder
from stages.core.errors import UserError
from stages.preprocess.large_table.blocks.map_checked import map_checked
from stages.preprocess.large_table.blocks.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.class_numbers import ClassNumbers
from stages.preprocess.params import Preprocess
from stages.preprocess.split.by_group import split_groups
from stages.preprocess.split.row_keys import divided_keys, read_row_keys

Integers = NDArray[np.int64]
# 1,000,000 groups take about 400 MB. Three numbers are calculated for each, and there is one for each of its classes.
MOST_NUMBERS = 4_000_000


@dataclass
class _Groups:
    """The groups in the order in which they are found. `members[g * width + c]` rows of group g have class c."""

    column: str
    width: int
    numbers: dict[str, int] = field(default_factory=dict)
    members: Integers = field(default_factory=lambda: np.zeros(0, np.int64))

    def number(self, keys: Sequence[str]) -> Integers:
        """The number of each group."""
        found = np.array([self.numbers.setdefault(key, len(self.numbers)) for key in keys], np.int64)
        most = MOST_NUMBERS // (self.width + 3)
        if len(self.numbers) > most:
            classes = f" for {self.width} classes" if self.width > 1 else ""
            raise UserError(
                f"preprocess.columns.{self.column}: a table of several blocks may have {most:,} groups{classes}, and "
                f"this one has more; use `split: {{order: hash, key: {self.column}}}`, which keeps groups together too"
            )
        return found

    def add(self, cells: Integers, counts: Integers) -> None:
        self.members = np.concatenate(
            [self.members, np.zeros(len(self.numbers) * self.width - len(self.members), np.int64)]
        )
        self.members[cells] += counts


@dataclass(frozen=True)
class _BlockGroups:
    """The groups of a block. `counts[i]` of its rows are in `cells[i]`, a group times the number of classes + class."""

    block: TableBlock
    keys: list[str]
    cells: Integers
    counts: Integers


def draw_large_groups(
    table: Table,
    blocks: Sequence[TableBlock],
    remaining: Sequence[TableBlock],
    params: Preprocess,
    counts: Mapping[str, int],
    splits: RowSplits,
    classes: ClassNumbers | None,
    scratch: ScratchFolder,
) -> None:
    """Raises UserError if a group is in a given split and in another one. `remaining` are the blocks of no given one.

    The number of rows of each of the `classes` is balanced between the splits.
    """
    name, is_remaining = str(params.group), {block.start for block in remaining}
    groups = _Groups(name, 1 if classes is None else len(classes.column.classes))
    numbers = scratch.file(sum(block.rows for block in blocks), np.int32)
    read = partial(_read_groups, name, name in table.private, classes, numbers)
    in_splits = np.zeros((len(SPLITS), 0), np.bool_)
    for found in map_checked(read, blocks):
        of_block = groups.number(found.keys)
        row_numbers = _rows_of(numbers, found.block)
        row_numbers[:] = of_block[row_numbers]
        in_splits = np.pad(in_splits, ((0, 0), (0, len(groups.numbers) - in_splits.shape[1])))
        if found.block.start in is_remaining:
            groups.add(of_block[found.cells // groups.width] * groups.width + found.cells % groups.width, found.counts)
        else:
            in_splits[SPLITS.index(found.block.split), of_block] = True
    code_of_group = _codes_of_groups(groups, counts, params.split.seed)
    for block in remaining:
        splits.of(block)[:] = code_of_group[_rows_of(numbers, block)]
    for code in range(len(SPLITS)):
        in_splits[code] |= code_of_group == code
    _check_undivided(table, groups, in_splits, numbers, blocks)


def _read_groups(
    name: str, is_private: bool, classes: ClassNumbers | None, numbers: ScratchArray, block: TableBlock
) -> _BlockGroups:
    """Writes the number of each row's group in the block."""
    keys = read_row_keys({name: block.frame([name])[name]}, "preprocess.columns", is_private)
    _rows_of(numbers, block)[:] = keys.numbers
    if classes is None:
        return _BlockGroups(block, keys.keys, np.arange(len(keys.keys)), np.bincount(keys.numbers))
    cells, counts = np.unique(keys.numbers * len(classes.column.classes) + classes.read(block), return_counts=True)
    return _BlockGroups(block, keys.keys, cells, counts)


def _codes_of_groups(groups: _Groups, counts: Mapping[str, int], seed: int) -> NDArray[np.uint8]:
    """The position in SPLITS of the split of each group; that of a group with no remaining rows is len(SPLITS)."""
    members = np.pad(groups.members, (0, len(groups.numbers) * groups.width - len(groups.members)))
    members = members.reshape(-1, groups.width)
    keys = [*groups.numbers]
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    order = order[members[order].any(axis=1)]
    names, split_of_group = split_groups(members[order], counts, seed, groups.column)
    codes = np.full(len(keys), len(SPLITS), np.uint8)
    codes[order] = np.array([SPLITS.index(name) for name in names], np.uint8)[split_of_group]
    return codes


def _check_undivided(
    table: Table,
    groups: _Groups,
    in_splits: NDArray[np.bool_],
    numbers: ScratchArray,
    blocks: Sequence[TableBlock],
) -> None:
    keys = [*groups.numbers]
    divided = sorted(np.flatnonzero(in_splits.sum(axis=0) > 1).tolist(), key=keys.__getitem__)
    if not divided:
        return
    where = [name for name, found in zip(SPLITS, in_splits[:, divided[0]], strict=True) if found]
    first_row = _first_row(divided[0], numbers, blocks) if groups.column in table.private else None
    raise divided_keys("preprocess.columns", [groups.column], [keys[n] for n in divided], where, first_row)


def _first_row(number: int, numbers: ScratchArray, blocks: Sequence[TableBlock]) -> int:
    rows = ((block, np.flatnonzero(_rows_of(numbers, block) == number)) for block in blocks)
    return next(block.start + int(found[0]) for block, found in rows if len(found))


def _rows_of(numbers: ScratchArray, block: TableBlock) -> NDArray[np.int32]:
    rows: NDArray[np.int32] = numbers.open()[block.start : block.start + block.rows]
    return rows
