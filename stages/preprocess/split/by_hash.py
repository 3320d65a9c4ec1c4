"""Assign rows to splits by a hash of their key."""

import hashlib
from collections.abc import Mapping

import numpy as np

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.row_numbers import RowNumbers, as_array, take_rows
from stages.core.errors import ErrorList
from stages.preprocess.split.row_keys import RowKeys

HASHES = 2**64


def split_by_hash(keys: RowKeys, rows: RowNumbers, fractions: Mapping[str, float], seed: int) -> dict[str, RowNumbers]:
    """Return the rows of each split, in their order."""
    present, positions = np.unique(take_rows(keys.numbers, rows), return_inverse=True)
    names = [TRAIN, *fractions]
    splits = [names.index(split_of_key(keys.keys[number], fractions, seed)) for number in present.tolist()]
    split_of_row = np.array(splits, np.int8)[positions.reshape(-1)]
    parts: dict[str, RowNumbers] = {name: as_array(rows)[split_of_row == n] for n, name in enumerate(names)}
    errors = ErrorList()
    for name, part in parts.items():
        errors.check(
            len(part) > 0,
            f"preprocess.split: none of the {len(present)} values of {', '.join(keys.columns)} falls into {name}; use "
            "other fractions, another seed, or order shuffled",
        )
    errors.raise_if_any()
    return parts


def split_of_key(key: str, fractions: Mapping[str, float], seed: int) -> str:
    """The split that a key belongs to: test has the smallest hashes and validation the largest.

    So another fraction of one of them moves no row of the other.

    >>> [split_of_key(key, {"test": 0.3, "validation": 0.3}, 0) for key in ("a", "b", "c", "d")]
    ['validation', 'train', 'train', 'validation']
    """
    digest = hashlib.blake2b(f"{seed}:{key}".encode(), digest_size=8).digest()
    position = int.from_bytes(digest, "big")
    if position < fractions.get(TEST, 0) * HASHES:
        return TEST
    return VALIDATION if position >= (1 - fractions.get(VALIDATION, 0)) * HASHES else TRAIN
