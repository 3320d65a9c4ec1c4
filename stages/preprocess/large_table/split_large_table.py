"""Assign the rows of a large table to splits, one block at a time.

With the order `shuffled` or `stratified`, the number of rows that each split gets of a block is drawn first, then the
rows of the block. So every choice of rows of the wanted sizes is equally likely, as if they were drawn from all rows at
once. The rows are not those that scikit-learn draws from a table of one block.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.raw.raw_data import Table
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.errors import ErrorList, UserError, format_examples
from stages.preprocess.large_table.blocks.map_checked import map_checked
from stages.preprocess.large_table.blocks.row_splits import SPLITS, Codes, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.class_numbers import ClassNumbers
from stages.preprocess.large_table.split_by_column.cut_large_table import cut_by_column
from stages.preprocess.large_table.split_by_column.draw_large_groups import draw_large_groups
from stages.preprocess.params import Preprocess
from stages.preprocess.split.by_hash import split_of_key
from stages.preprocess.split.params import SplitSize
from stages.preprocess.split.row_keys import read_row_keys
from stages.preprocess.split.split_rows import check_given, count_rows_of_splits, sizes_in_order

Counts = NDArray[np.int64]


def split_large_table(
    table: Table,
    blocks: Sequence[TableBlock],
    params: Preprocess,
    classes: Mapping[str, ClassNumbers],
    scratch: ScratchFolder,
) -> RowSplits:
    """`classes` are the targets that are classes."""
    split = params.split
    _check_keys(params, max(table.sizes.values()))
    sizes: dict[str, SplitSize] = {TEST: split.test, VALIDATION: split.validation}
    check_given(sizes, table.sizes)
    given = [name for name, size in sizes.items() if size == "given"]
    splits = RowSplits(scratch.file(sum(table.sizes.values()), np.uint8))
    for block in blocks:
        if block.split in given:
            splits.of(block)[:] = SPLITS.index(block.split)
    remaining = [block for block in blocks if block.split not in given]
    if split.keys:
        fractions = {name: size for name, size in sizes.items() if isinstance(size, float)}
        _split_by_hash(table, remaining, params, fractions, splits)
        return splits
    rows = sum(block.rows for block in remaining)
    counts = count_rows_of_splits(sizes, rows)
    balanced = _class_to_balance(classes) if split.order == "stratified" else None
    if params.group is not None:
        draw_large_groups(table, blocks, remaining, params, counts, splits, balanced, scratch)
    elif balanced is not None:
        _draw_by_class(remaining, counts, split.seed, splits, balanced)
    elif split.order == "shuffled":
        _draw(remaining, counts, split.seed, splits)
    elif split.by is not None:
        cut_by_column(table, remaining, params, sizes_in_order(split, counts, rows), splits, scratch)
    else:
        _cut(remaining, sizes_in_order(split, counts, rows), splits)
    return splits


def _check_keys(params: Preprocess, rows: int) -> None:
    """The largest split has `rows`."""
    split = params.split
    if split.keys and "given" in (split.test, split.validation):
        raise UserError(
            "preprocess.split.key: the keys of a given split are compared with all others at once, and this table has "
            "several blocks; use fractions for test and validation, or set "
            f"download.block_rows: {rows} if the memory holds all rows"
        )


def _cut(blocks: Sequence[TableBlock], sizes: Mapping[str, int], splits: RowSplits) -> None:
    """The first rows are of the first split of `sizes`, and so on."""
    codes = np.array([SPLITS.index(name) for name in sizes], np.uint8)
    ends = np.array([*accumulate(sizes.values())])
    start = 0
    for block in blocks:
        rows = np.arange(start, start + block.rows)
        splits.of(block)[:] = codes[np.searchsorted(ends, rows, side="right")]
        start += block.rows


def _draw(blocks: Sequence[TableBlock], counts: Mapping[str, int], seed: int, splits: RowSplits) -> None:
    rows = sum(block.rows for block in blocks)
    left = np.array([rows - sum(counts.values()), counts.get(VALIDATION, 0), counts.get(TEST, 0)])
    random = np.random.default_rng(seed)
    for number, block in enumerate(blocks):
        drawn = random.multivariate_hypergeometric(left, block.rows)
        left -= drawn
        splits.of(block)[:] = _shuffled_codes(drawn, np.random.default_rng([seed, number]))


def _draw_by_class(
    blocks: Sequence[TableBlock], counts: Mapping[str, int], seed: int, splits: RowSplits, classes: ClassNumbers
) -> None:
    """The rows of each class are drawn as all rows are without classes."""
    of_block = list(map_blocks(classes.count_rows, blocks))
    totals = np.sum(of_block, axis=0)
    _check_single_rows(classes, totals, counts)
    left = _rows_of_classes(totals, counts)
    random, drawn = np.random.default_rng(seed), []
    for rows in of_block:
        drawn.append([random.multivariate_hypergeometric(left[n], count) for n, count in enumerate(rows.tolist())])
        left -= np.array(drawn[-1])
    draw = partial(_draw_in_block, classes, splits, seed)
    for _ in map_blocks(draw, list(zip(range(len(blocks)), blocks, drawn, strict=True))):
        pass


def _draw_in_block(
    classes: ClassNumbers, splits: RowSplits, seed: int, numbered: tuple[int, TableBlock, list[Counts]]
) -> None:
    number, block, drawn = numbered
    random, codes, class_of_row = np.random.default_rng([seed, number]), splits.of(block), classes.read(block)
    for class_number, counts in enumerate(drawn):
        codes[np.flatnonzero(class_of_row == class_number)] = _shuffled_codes(counts, random)


def _shuffled_codes(counts: Counts, random: np.random.Generator) -> Codes:
    codes = np.repeat(np.arange(len(SPLITS), dtype=np.uint8), counts)
    random.shuffle(codes)
    return codes


def _rows_of_classes(totals: Counts, counts: Mapping[str, int]) -> Counts:
    """Return a row for each class: the number of rows of each split.

    A split has each class in proportion, and what rounding leaves goes to the classes with the largest remainders.

    >>> _rows_of_classes(np.array([7, 3]), {"test": 2, "validation": 0}).tolist()
    [[6, 0, 1], [2, 0, 1]]
    """
    left = totals.copy()
    wanted = {}
    for name in (TEST, VALIDATION):
        rows, count = int(left.sum()), counts.get(name, 0)
        exact = [divmod(total * count, rows) for total in left.tolist()]
        taken = np.array([whole for whole, _ in exact], np.int64)
        by_remainder = sorted(range(len(exact)), key=lambda number: -exact[number][1])
        taken[by_remainder[: count - int(taken.sum())]] += 1
        wanted[name] = taken
        left = left - taken
    return np.stack([left, wanted[VALIDATION], wanted[TEST]], axis=1)


def _check_single_rows(classes: ClassNumbers, totals: Counts, counts: Mapping[str, int]) -> None:
    single = [classes.column.classes[number] for number in np.flatnonzero(totals == 1)]
    if single and any(counts.values()):
        raise UserError(
            f"preprocess.split.order: stratified divides the rows of each class, and "
            f"{format_examples(map(repr, single))} has only one; take it out of the data, or use shuffled"
        )


def _class_to_balance(classes: Mapping[str, ClassNumbers]) -> ClassNumbers:
    if len(classes) != 1:
        found = f"{' and '.join(classes)} are classes" if classes else "the target holds values"
        raise UserError(f"preprocess.split.order: stratified balances classes of one target, but {found}; use shuffled")
    return next(iter(classes.values()))


def _split_by_hash(
    table: Table,
    blocks: Sequence[TableBlock],
    params: Preprocess,
    fractions: Mapping[str, float],
    splits: RowSplits,
) -> None:
    keys = params.split.keys
    private = not set(keys).isdisjoint(table.private)
    found = np.sum(
        [*map_checked(partial(_hash_block, keys, fractions, params.split.seed, private, splits), blocks)], axis=0
    )
    errors = ErrorList()
    for name in (TRAIN, *fractions):
        errors.check(
            found[SPLITS.index(name)] > 0,
            f"preprocess.split: none of the values of {', '.join(keys)} falls into {name}; use other fractions, "
            "another seed, or order shuffled",
        )
    errors.raise_if_any()


def _hash_block(
    columns: Sequence[str],
    fractions: Mapping[str, float],
    seed: int,
    private: bool,
    splits: RowSplits,
    block: TableBlock,
) -> Counts:
    frame = block.frame(columns)
    keys = read_row_keys({name: frame[name] for name in columns}, "preprocess.split.key", private)
    codes = np.array([SPLITS.index(split_of_key(key, fractions, seed)) for key in keys.keys], np.uint8)
    splits.of(block)[:] = codes[keys.numbers]
    return np.bincount(codes, minlength=len(SPLITS))
