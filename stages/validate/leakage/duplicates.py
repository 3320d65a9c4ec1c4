"""Rows that are equal to an earlier row.

A duplicate across splits lets the test split contain training data; one within a split only gives a row more weight.
"""

import hashlib
from collections.abc import Iterable
from functools import partial
from heapq import nsmallest
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.records.validation import DuplicateRow, DuplicatesRecord
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.validate.all_rows import (
    AllRows,
    RowBlock,
    Rows,
    describe_row,
    row_reference,
    rows_with_picture_numbers,
    split_numbers,
)
from stages.validate.leakage.candidate_rows import Integers
from stages.validate.leakage.hashes import HashedRows, Hashes, hash_rows


def original_rows(raw: RawData, rows: AllRows) -> Integers:
    """For each row, the first row that is equal to it.

    Rows of a table are equal in all columns, of pictures in their pixels; images are equal in their pixels and texts in
    their ids, whatever their labels.
    """
    arrays: Iterable[NDArray[Any]]
    match raw:
        case Table():
            return _original_table_rows(rows_with_picture_numbers(raw, rows, rows.frame))
        case Images():
            arrays = (image for split in raw.images.values() for image in np.asarray(split))
        case Tokens():
            arrays = (text for split in raw.ids for text in raw.texts(split))
    first: dict[bytes, int] = {}
    digests = (hashlib.sha256(array.tobytes()).digest() for array in arrays)
    return np.array([first.setdefault(digest, row) for row, digest in enumerate(digests)], np.int64)


def _original_table_rows(frame: pd.DataFrame) -> Integers:
    """Missing values are equal. Only rows that occur more than once are grouped, which is faster."""
    original = np.arange(len(frame))
    repeated = np.flatnonzero(frame.duplicated(keep=False))
    if len(repeated):
        groups = frame.iloc[repeated].groupby(list(frame.columns), dropna=False, sort=False, observed=True).ngroup()
        _, first, group = np.unique(groups, return_index=True, return_inverse=True)
        original[repeated] = repeated[first[group]]
    return original


def find_duplicates(original: Integers, rows: Rows, limit: int) -> DuplicatesRecord:
    """Count the rows that are equal to a row of an earlier split, and those equal to an earlier row of their split."""
    splits = split_numbers(rows, np.arange(len(original)))
    across = np.flatnonzero(splits[original] != splits)
    distinct_within_splits = len(np.unique(original * len(rows.split_sizes) + splits))
    pairs = [(int(row), int(original[row])) for row in across[:limit]]
    return _record(rows, len(across), len(original) - distinct_within_splits, pairs)


def find_duplicates_by_hash(raw: Table, rows: Rows, hashed: HashedRows, limit: int) -> DuplicatesRecord:
    """The same, in the memory of a few blocks."""
    hashed.clear()
    for hashes, positions in map_blocks(partial(hash_block, raw=raw, rows=rows), rows.blocks):
        hashed.add_hashes(hashes, positions)
    across, distinct_within_splits = 0, 0
    first: list[tuple[int, int]] = []
    for part in hashed.equal_rows():
        later = part.is_later
        splits, of_original, of_previous = (
            split_numbers(rows, found[later]) for found in (part.positions, part.originals, part.previous)
        )
        distinct_within_splits += int((~later).sum()) + int((splits != of_previous).sum())
        is_across = splits != of_original
        across += int(is_across.sum())
        pairs = zip(part.positions[later][is_across].tolist(), part.originals[later][is_across].tolist(), strict=True)
        first = nsmallest(limit, [*first, *pairs])
    return _record(rows, across, hashed.count - distinct_within_splits, first)


def hash_block(block: RowBlock, raw: Table, rows: Rows) -> tuple[tuple[Hashes, Hashes], Integers]:
    """The hashes of the rows of a block, and their positions."""
    frame = block.read()
    return hash_rows(rows_with_picture_numbers(raw, rows, frame), rows.columns), frame.index.to_numpy()


def _record(rows: Rows, across: int, within: int, pairs: Iterable[tuple[int, int]]) -> DuplicatesRecord:
    return DuplicatesRecord(
        across_splits=across,
        within_splits=within,
        examples=[
            DuplicateRow(**dict(row_reference(rows, row)), same_as=row_reference(rows, same)) for row, same in pairs
        ],
    )


def describe_duplicates(duplicates: DuplicatesRecord) -> str:
    pairs = [f"{describe_row(row)} equals {describe_row(row.same_as)}" for row in duplicates.examples]
    return f"{duplicates.across_splits} rows equal a row of an earlier split, first: {', '.join(pairs)}"
