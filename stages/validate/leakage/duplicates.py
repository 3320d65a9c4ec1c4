"""Rows that occur more than once: across splits the test has seen the training, within one they only weigh more."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Images, Tokens
from stages.validate.all_rows import Rows

Groups = NDArray[np.int64]


@dataclass(frozen=True)
class Duplicates:
    """`across` counts rows that an earlier split has too, `within` those that their own split has before."""

    across: int
    within: int
    pairs: list[tuple[int, int]]


def duplicates(groups: Groups, split: Groups, limit: int) -> Duplicates:
    """Rows of one group are the same; `pairs` are the first of those across splits, each with its original.

    >>> duplicates(np.array([0, 1, 1, 0, 2]), np.array([0, 0, 0, 1, 1]), limit=5)
    Duplicates(across=1, within=1, pairs=[(3, 0)])
    """
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    original = first[group]
    across = np.flatnonzero(split[original] != split)
    kinds = len(np.unique(np.stack([group, split]), axis=1).T)
    pairs = [(int(row), int(original[row])) for row in across[:limit]]
    return Duplicates(len(across), len(groups) - kinds, pairs)


def split_numbers(rows: Rows) -> Groups:
    """
    >>> split_numbers(Rows(pd.DataFrame(), {"train": 3, "test": 2})).tolist()
    [0, 0, 0, 1, 1]
    """
    return np.repeat(np.arange(len(rows.sizes)), list(rows.sizes.values()))


def row_groups(frame: pd.DataFrame) -> Groups:
    """The same number for rows that are equal in every column; missing equals missing."""
    groups = np.arange(len(frame))
    again = frame.duplicated(keep=False).to_numpy()
    if again.any():
        same = frame[again].groupby(list(frame.columns), dropna=False, sort=False, observed=True).ngroup()
        groups[again] = len(frame) + same.to_numpy()
    return groups


def image_groups(images: Images) -> Groups:
    """The same number for pictures with the same pixels, whatever their labels."""
    numbers: dict[bytes, int] = {}
    pictures = (picture for split in images.images.values() for picture in np.asarray(split))
    return np.array([numbers.setdefault(_digest(p), len(numbers)) for p in pictures], np.int64)


def text_groups(tokens: Tokens) -> Groups:
    """The same number for texts of the same words in the same order, whatever their labels."""
    numbers: dict[bytes, int] = {}
    texts = (text for split in tokens.ids for text in tokens.texts(split))
    return np.array([numbers.setdefault(_digest(text), len(numbers)) for text in texts], np.int64)


def _digest(row: NDArray[Any]) -> bytes:
    return hashlib.sha256(row.tobytes()).digest()
