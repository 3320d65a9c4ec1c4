"""What is different in new data: rows, columns, classes, and the split that each row is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from stages.cli.refresh.comparison.compare_splits import count_all, count_changes, split_of_rows
from stages.cli.refresh.comparison.number_rows import RowNumbers, combine, number_columns, number_rows
from stages.cli.refresh.comparison.pair_rows import RowPairs, pair_rows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, split_sizes
from stages.core.artefacts.records.refreshed import RowChanges
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.errors import UserError, suggest
from stages.preprocess.inputs.read_columns import read_targets
from stages.preprocess.params import Preprocess

# By the name of the class, its rows before and now.
ClassCounts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class ColumnChanges:
    """`types` are the column, its old and its new type; `values` are how many changed rows differ in a column."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    types: list[tuple[str, str, str]] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DataChanges:
    """`splits` are the changes by split, `classes` the counts by target.

    Both are empty if old or new rows cannot be divided into splits, for the reason `not_split`.
    """

    rows: RowChanges
    splits: dict[str, RowChanges]
    columns: ColumnChanges
    classes: dict[str, ClassCounts]
    not_split: str = ""
    is_table: bool = True


def compare_data(old: RawData, new: RawData, params: Preprocess, keys: Sequence[str] = ()) -> DataChanges:
    """`keys` are the columns by which a changed row is found."""
    not_split, classes = "", dict[str, ClassCounts]()
    sizes = [sum(split_sizes(raw).values()) for raw in (old, new)]
    try:
        splits = RowNumbers(split_of_rows(old, params), split_of_rows(new, params))
        classes = compare_classes(old, new, params)
    except UserError as error:
        splits, not_split = RowNumbers(*(np.zeros(size, np.int64) for size in sizes)), str(error)
    values = number_columns(old, new) if isinstance(old, Table) and isinstance(new, Table) else {}
    key_numbers = combine([values[name] for name in keys], *sizes) if keys else None
    pairs = pair_rows(number_rows(old, new), splits, key_numbers)
    return DataChanges(
        rows=count_all(pairs),
        splits={} if not_split else count_changes(pairs, splits.old, splits.new),
        columns=compare_columns(old, new, values, pairs),
        classes=classes,
        not_split=not_split,
        is_table=isinstance(new, Table),
    )


def key_columns(old: RawData, new: RawData, params: Preprocess, keys: Sequence[str]) -> list[str]:
    """The columns by which a changed row is found: those of --key, those of the split, or the time of a series.

    Raises UserError if --key names another column, or is used for images or texts.
    """
    if not (isinstance(old, Table) and isinstance(new, Table)):
        if keys:
            raise UserError("--key: for tables only; images and texts are compared by their content")
        return []
    both = [name for name in old.columns if name in new.columns]
    if unknown := [name for name in keys if name not in both]:
        raise UserError(
            *(f"--key: no column {name!r} in both old and new data; {suggest(name, both)}" for name in unknown)
        )
    times = [new.time] if new.time is not None else []
    chosen = list(keys) or params.split.keys or times
    return list(chosen) if set(chosen) <= set(both) else []


def compare_columns(old: RawData, new: RawData, values: Mapping[str, RowNumbers], pairs: RowPairs) -> ColumnChanges:
    if isinstance(old, Table) and isinstance(new, Table):
        types = column_types(old), column_types(new)
        changed = {
            name: int((numbers.old[pairs.changed[:, 0]] != numbers.new[pairs.changed[:, 1]]).sum())
            for name, numbers in values.items()
        }
        return ColumnChanges(
            added=[name for name in types[1] if name not in types[0]],
            removed=[name for name in types[0] if name not in types[1]],
            types=[(n, types[0][n], types[1][n]) for n in types[0] if n in types[1] and types[0][n] != types[1][n]],
            values={name: count for name, count in changed.items() if count},
        )
    kinds = describe_content(old), describe_content(new)
    return ColumnChanges(types=[("content", *kinds)] if kinds[0] != kinds[1] else [])


def column_types(table: Table) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in next(iter(table.frames.values())).dtypes.items()}


def describe_content(raw: RawData) -> str:
    """What all images, or all texts, have in common."""
    if not isinstance(raw, Images):
        return type(raw).__name__.lower()
    first = next(iter(raw.images.values()))
    return f"{first.dtype} of shape {first.shape[1:]}"


def compare_classes(old: RawData, new: RawData, params: Preprocess) -> dict[str, ClassCounts]:
    """For each target with classes, the rows of each class before and now."""
    counts = count_classes(old, params), count_classes(new, params)
    return {
        target: {
            name: (counts[0].get(target, {}).get(name, 0), counts[1].get(target, {}).get(name, 0))
            for name in {**counts[0].get(target, {}), **counts[1].get(target, {})}
        }
        for target in counts[1]
    }


def count_classes(raw: RawData, params: Preprocess) -> dict[str, dict[str, int]]:
    found = {}
    for target, raw_column in read_targets(raw, params).items():
        if isinstance(raw_column.column, ClassLabels):
            names = raw_column.column.classes
            counts = np.bincount(raw_column.values, minlength=len(names)).tolist()
            found[target] = dict(zip(names, counts, strict=True))
    return found
