"""What new data do to the splits: how many rows of each are gone, new, or move to another split."""

from collections.abc import Mapping

import numpy as np

from stages.cli.refresh.comparison.number_rows import Integers
from stages.cli.refresh.comparison.pair_rows import RowPairs
from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.raw.raw_data import RawData, split_sizes
from stages.core.artefacts.records.refreshed import RowChanges
from stages.core.artefacts.row_numbers import as_array
from stages.preprocess.inputs.read_columns import read_targets
from stages.preprocess.params import Preprocess
from stages.preprocess.split.split_columns import read_split_columns
from stages.preprocess.split.split_rows import split_rows

SPLITS = (TRAIN, VALIDATION, TEST)
# Of rows that no split has.
NO_SPLIT = len(SPLITS)


def split_of_rows(raw: RawData, params: Preprocess) -> Integers:
    """The number in SPLITS of the split of each row, as the preprocess stage divides the rows."""
    splits = split_rows(params, split_sizes(raw), read_targets(raw, params), read_split_columns(raw, params))
    numbers = np.full(sum(split_sizes(raw).values()), NO_SPLIT, np.int64)
    for name, rows in splits.items():
        numbers[as_array(rows)] = SPLITS.index(name)
    return numbers


def count_changes(pairs: RowPairs, old_splits: Integers, new_splits: Integers) -> dict[str, RowChanges]:
    """The changes of each split that has rows before or now."""
    counts = {name: _count_in_split(number, pairs, old_splits, new_splits) for number, name in enumerate(SPLITS)}
    return {name: changes for name, changes in counts.items() if changes.before or changes.now}


def _count_in_split(number: int, pairs: RowPairs, old_splits: Integers, new_splits: Integers) -> RowChanges:
    (equal_before, equal_now), (changed_before, changed_now) = (
        (old_splits[found[:, 0]] == number, new_splits[found[:, 1]] == number) for found in (pairs.equal, pairs.changed)
    )
    return RowChanges(
        before=int((old_splits == number).sum()),
        now=int((new_splits == number).sum()),
        same=int((equal_before & equal_now).sum()),
        changed=int((changed_before & changed_now).sum()),
        gone=int((old_splits[pairs.gone] == number).sum()),
        added=int((new_splits[pairs.added] == number).sum()),
        moved_out=int((equal_before & ~equal_now).sum() + (changed_before & ~changed_now).sum()),
        moved_in=int((~equal_before & equal_now).sum() + (~changed_before & changed_now).sum()),
    )


def count_all(pairs: RowPairs) -> RowChanges:
    """The changes of all rows, whatever their split."""
    equal, changed, gone, added = map(len, (pairs.equal, pairs.changed, pairs.gone, pairs.added))
    return RowChanges(
        before=equal + changed + gone, now=equal + changed + added, same=equal, changed=changed, gone=gone, added=added
    )


def count_moves(changes: Mapping[str, RowChanges]) -> int:
    """How many rows move to another split. A row that leaves one split and enters another is counted once."""
    return max(sum(c.moved_out for c in changes.values()), sum(c.moved_in for c in changes.values()))
