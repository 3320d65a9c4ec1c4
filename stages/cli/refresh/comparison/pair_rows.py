"""Which row of the new data is which row of the old data."""

from dataclasses import dataclass

import numpy as np

from stages.cli.refresh.comparison.number_rows import Integers, RowNumbers


@dataclass(frozen=True)
class RowPairs:
    """A line of `equal` and `changed` is an old row and a new row; `gone` are old rows, `added` are new ones.

    A changed row has the same key and other values.
    """

    equal: Integers
    changed: Integers
    gone: Integers
    added: Integers


def pair_rows(rows: RowNumbers, splits: RowNumbers, keys: RowNumbers | None = None) -> RowPairs:
    """Pair equal rows, then rows with the same key. Of several such rows, those in the same split are paired first.

    So the order of the rows does not matter, and duplicates are counted.
    """
    left = RowNumbers(np.arange(len(rows.old)), np.arange(len(rows.new)))
    equal, left = _pair_in_two_rounds(rows, splits, left)
    changed = np.empty((0, 2), np.int64)
    if keys is not None:
        changed, left = _pair_in_two_rounds(keys, splits, left)
    return RowPairs(equal, changed, left.old, left.new)


def _pair_in_two_rounds(numbers: RowNumbers, splits: RowNumbers, left: RowNumbers) -> tuple[Integers, RowNumbers]:
    """Return the pairs, and the rows that are left."""
    count = int(max(splits.old.max(initial=0), splits.new.max(initial=0))) + 1
    with_split = RowNumbers(numbers.old * count + splits.old, numbers.new * count + splits.new)
    first, left = _pair(with_split, left)
    second, left = _pair(numbers, left)
    pairs = np.concatenate([first, second])
    return pairs[np.argsort(pairs[:, 1], kind="stable")], left


def _pair(numbers: RowNumbers, left: RowNumbers) -> tuple[Integers, RowNumbers]:
    """Pair the n-th of the old rows that have a number with the n-th of the new rows that have it."""
    old, new = numbers.old[left.old], numbers.new[left.new]
    most = max(len(old), len(new)) + 1
    _, old_found, new_found = np.intersect1d(
        old * most + count_earlier(old), new * most + count_earlier(new), assume_unique=True, return_indices=True
    )
    pairs = np.stack([left.old[old_found], left.new[new_found]], axis=1)
    return pairs, RowNumbers(np.delete(left.old, old_found), np.delete(left.new, new_found))


def count_earlier(numbers: Integers) -> Integers:
    """For each number, how often it occurs before.

    >>> count_earlier(np.array([7, 5, 7, 7])).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    counts = np.empty(len(numbers), np.int64)
    counts[order] = np.arange(len(numbers)) - np.searchsorted(ordered, ordered)
    return counts
