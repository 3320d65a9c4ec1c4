"""Rows that are equal to an earlier row.

A duplicate across splits lets the test split contain training data; one within a split only gives a row more weight.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.records.validation import DuplicateRow, DuplicatesRecord
from stages.validate.all_rows import AllRows, describe_row, rows_with_picture_numbers
from stages.validate.leakage.candidate_rows import Integers


def original_rows(raw: RawData, rows: AllRows) -> Integers:
    """For each row, the first row that is equal to it.

    Rows of a table are equal in all columns, of pictures in their pixels; images are equal in their pixels and texts in
    their ids, whatever their labels.
    """
    arrays: Iterable[NDArray[Any]]
    match raw:
        case Table():
            return _original_table_rows(rows_with_picture_numbers(raw, rows))
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


def find_duplicates(original: Integers, rows: AllRows, limit: int) -> DuplicatesRecord:
    """Count the rows that are equal to a row of an earlier split, and those equal to an earlier row of their split."""
    split_numbers = rows.split_numbers
    across = np.flatnonzero(split_numbers[original] != split_numbers)
    distinct_within_splits = np.unique(np.stack([original, split_numbers]), axis=1).shape[1]
    return DuplicatesRecord(
        across_splits=len(across),
        within_splits=len(original) - distinct_within_splits,
        examples=[
            DuplicateRow(**dict(rows.reference(row)), same_as=rows.reference(original[row])) for row in across[:limit]
        ],
    )


def describe_duplicates(duplicates: DuplicatesRecord) -> str:
    pairs = [f"{describe_row(row)} equals {describe_row(row.same_as)}" for row in duplicates.examples]
    return f"{duplicates.across_splits} rows equal a row of an earlier split, first: {', '.join(pairs)}"
