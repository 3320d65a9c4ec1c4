"""Draw whole groups of rows, so that the rows of a group are in one split."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.row_numbers import RowNumbers, as_array, take_rows
from stages.core.errors import UserError
from stages.preprocess.split.row_keys import RowKeys

Integers = NDArray[np.int64]
# Each move looks at all groups; most splits need a few.
MAX_MOVES = 200


def draw_groups(
    groups: RowKeys, rows: RowNumbers, counts: Mapping[str, int], seed: int, classes: Integers | None = None
) -> dict[str, RowNumbers]:
    """Draw groups for each split of `counts`; the others are for training. The rows of each split keep their order.

    The number of rows of each split, with `classes` of each class in each split, comes as near to what is wanted as
    moving one group after another can bring it.
    """
    numbers = np.unique(take_rows(groups.numbers, rows), return_inverse=True)[1].reshape(-1)
    members = _rows_of_groups(numbers, None if classes is None else take_rows(classes, rows))
    names, split_of_group = split_groups(members, counts, seed, groups.columns[0])
    split_of_row = split_of_group[numbers]
    return {name: as_array(rows)[split_of_row == number] for number, name in enumerate(names)}


def split_groups(members: Integers, counts: Mapping[str, int], seed: int, column: str) -> tuple[list[str], Integers]:
    """Return the names of the splits, and for each group the position of its split in them.

    `members` has a row for each group, in the order of their texts: its number of rows of each class, or of all.
    """
    names = [TRAIN, *(name for name, count in counts.items() if count)]
    if len(members) < len(names):
        raise UserError(
            f"preprocess.split: column {column} has {len(members)} groups, too few for "
            f"{' and '.join(names)}; use fewer splits, or another column"
        )
    totals = members.sum(axis=0)
    wanted = _wanted_rows(totals, int(totals.sum()), [counts[name] for name in names[1:]])
    return names, _move_groups(members, wanted, _draw(members, wanted, seed))


def _rows_of_groups(groups: Integers, classes: Integers | None) -> Integers:
    """Return a row for each group: its number of rows of each class, or of all.

    >>> _rows_of_groups(np.array([0, 1, 1]), np.array([1, 0, 0])).tolist()
    [[0, 1], [2, 0]]
    """
    if classes is None:
        return np.bincount(groups)[:, None].astype(np.int64)
    width = int(classes.max()) + 1
    cells = np.bincount(groups * width + classes, minlength=(int(groups.max()) + 1) * width)
    return cells.reshape(-1, width).astype(np.int64)


def _wanted_rows(totals: Integers, rows: int, counts: list[int]) -> Integers:
    """Return a row for each split, training first: the wanted number of rows of each class.

    >>> _wanted_rows(np.array([60, 40]), 100, [10]).tolist()
    [[54, 36], [6, 4]]
    """
    drawn = np.array([[(2 * total * count + rows) // (2 * rows) for total in totals.tolist()] for count in counts])
    drawn = drawn.reshape(len(counts), len(totals)).astype(np.int64)
    return np.vstack([totals - drawn.sum(axis=0), drawn])


def _draw(members: Integers, wanted: Integers, seed: int) -> Integers:
    """Return a split for each group: the groups in a random order, cut where the wanted numbers of rows are reached."""
    sizes = members.sum(axis=1)
    order = np.random.default_rng(seed).permutation(len(sizes))
    # A group belongs where its middle lies. All numbers are doubled, so that they are whole.
    middles = 2 * np.cumsum(sizes[order]) - sizes[order]
    bounds = 2 * np.cumsum(wanted.sum(axis=1)[::-1])[:-1]
    splits = np.empty(len(sizes), np.int64)
    splits[order] = len(wanted) - 1 - np.searchsorted(bounds, middles, side="right")
    for empty in sorted(set(range(len(wanted))) - set(splits.tolist())):
        donor = np.bincount(splits, minlength=len(wanted)).argmax()
        candidates = np.flatnonzero(splits == donor)
        splits[candidates[sizes[candidates].argmin()]] = empty
    return splits


def _move_groups(members: Integers, wanted: Integers, splits: Integers) -> Integers:
    """Move the group that brings the numbers of rows nearest to the wanted ones, until none does.

    The distance is the sum of the squared differences; rows of a rare class count as many times as it is rarer than
    the most frequent one. All of it is whole numbers, so that every machine moves the same groups.
    """
    totals = members.sum(axis=0)
    weights = totals.max() // np.maximum(1, totals)
    squares = (members**2 * weights).sum(axis=1)
    every_group = np.arange(len(splits))
    for _ in range(MAX_MOVES):
        filled = np.stack([members[splits == number].sum(axis=0) for number in range(len(wanted))])
        gains = members @ ((wanted - filled) * weights).T
        changes = squares[:, None] - (gains - gains[every_group, splits][:, None])
        changes[every_group, splits] = 0
        alone = np.bincount(splits, minlength=len(wanted))[splits] == 1
        changes[alone] = 0
        group, split = np.unravel_index(changes.argmin(), changes.shape)
        if changes[group, split] >= 0:
            break
        splits[group] = split
    return splits
