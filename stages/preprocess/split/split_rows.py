"""Assign each row to train, validation or test, and check that windows fit into them."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.row_numbers import RowNumbers, as_array, concatenate_row_numbers
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.errors import ErrorList, UserError, format_examples
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.params import Preprocess
from stages.preprocess.split.by_group import draw_groups
from stages.preprocess.split.by_hash import split_by_hash
from stages.preprocess.split.by_time import cut_by_value
from stages.preprocess.split.params import IN_ORDER, Split, SplitSize
from stages.preprocess.split.row_keys import check_keys_in_one_split
from stages.preprocess.split.rows_of_windows import rows_to_read
from stages.preprocess.split.split_columns import SplitColumns

Rows = NDArray[np.int64]


NO_COLUMNS = SplitColumns()


def split_rows(
    params: Preprocess,
    raw_sizes: Mapping[str, int],
    targets: Mapping[str, RawColumn],
    columns: SplitColumns = NO_COLUMNS,
) -> dict[str, RowNumbers]:
    """Return the row numbers of train, validation and test, without empty splits.

    Rows are numbered over all raw splits in their order; `raw_sizes` has the number of rows of each.
    """
    sizes: dict[str, SplitSize] = {TEST: params.split.test, VALIDATION: params.split.validation}
    classes = _classes_to_balance(params.split, targets, columns)
    ranges = _consecutive_ranges(raw_sizes)
    check_given(sizes, ranges)
    given: dict[str, RowNumbers] = {name: ranges[name] for name, size in sizes.items() if size == "given"}
    remaining = concatenate_row_numbers([part for name, part in ranges.items() if name not in given])
    parts = split_remaining(params.split, remaining, sizes, classes, columns) | given
    rows = {name: parts[name] for name in (TRAIN, VALIDATION, TEST) if len(parts.get(name, ()))}
    if columns.groups is not None:
        check_keys_in_one_split(columns.groups, rows, "preprocess.columns")
    if columns.keys is not None:
        check_keys_in_one_split(columns.keys, rows, "preprocess.split.key")
    if params.window is not None:
        check_windows(params, rows, raw_sizes)
    return rows


def check_given(sizes: Mapping[str, SplitSize], raw_splits: Mapping[str, object]) -> None:
    for name, size in sizes.items():
        if size == "given" and name not in raw_splits:
            raise UserError(
                f"preprocess.split.{name}: given, but the data has only {', '.join(raw_splits)}; use a fraction"
            )
        # A test split of the raw data must not become training rows.
        if size != "given" and name in raw_splits:
            raise UserError(f"preprocess.split.{name}: the data has a {name} split already; use `{name}: given`")


def split_remaining(
    params: Split,
    rows: RowNumbers,
    sizes: Mapping[str, SplitSize],
    classes: Rows | None = None,
    columns: SplitColumns = NO_COLUMNS,
) -> dict[str, RowNumbers]:
    """Split the rows that are in no given split."""
    if columns.keys is not None and len(rows):
        return split_by_hash(columns.keys, rows, {n: s for n, s in sizes.items() if isinstance(s, float)}, params.seed)
    counts = count_rows_of_splits(sizes, len(rows))
    if columns.groups is not None:
        return draw_groups(columns.groups, rows, counts, params.seed, classes)
    if params.order not in IN_ORDER:
        return _draw(params, rows, counts, classes)
    in_order = sizes_in_order(params, counts, len(rows))
    if columns.order_values is not None:
        return cut_by_value(columns.order_values, rows, in_order, str(params.by))
    return {name: rows[part.start : part.stop] for name, part in _consecutive_ranges(in_order).items()}


def _classes_to_balance(params: Split, targets: Mapping[str, RawColumn], columns: SplitColumns) -> Rows | None:
    if params.order != "stratified":
        return None
    classified = {n: (t.values, t.column.classes) for n, t in targets.items() if isinstance(t.column, ClassLabels)}
    if len(classified) != 1:
        found = f"{' and '.join(classified)} are classes" if classified else "the target holds values"
        raise UserError(f"preprocess.split.order: stratified balances classes of one target, but {found}; use shuffled")
    numbers: Rows
    [(numbers, names)] = classified.values()
    # A given split may have the only row of a class, and an undivided set may have a single row of a class. A group
    # may have all rows of a class.
    may_be_in_one_split = "given" in (params.test, params.validation) or columns.groups is not None
    if not may_be_in_one_split and (params.test or params.validation):
        single = [names[n] for n in np.flatnonzero(np.bincount(numbers, minlength=len(names)) == 1)]
        if single:
            raise UserError(
                f"preprocess.split.order: stratified divides the rows of each class, and "
                f"{format_examples(map(repr, single))} has only one; take it out of the data, or use shuffled"
            )
    return numbers


def _consecutive_ranges(sizes: Mapping[str, int]) -> dict[str, range]:
    """
    >>> _consecutive_ranges({"train": 3, "test": 2})
    {'train': range(0, 3), 'test': range(3, 5)}
    """
    stops = accumulate(sizes.values())
    return {name: range(stop - size, stop) for (name, size), stop in zip(sizes.items(), stops, strict=True)}


def count_rows_of_splits(sizes: Mapping[str, SplitSize], rows: int) -> dict[str, int]:
    """Raises UserError if no rows are left to train on."""
    counts = {name: _count_rows(size, rows) for name, size in sizes.items() if size != "given"}
    if sum(counts.values()) >= rows:
        total = " and ".join(f"{count} {name}" for name, count in counts.items()) or "none"
        raise UserError(f"preprocess.split: {total} of {rows} rows leaves no rows to train on")
    return counts


def _count_rows(size: SplitSize, rows: int) -> int:
    """
    >>> _count_rows(0.2, 150), _count_rows(30, 150)
    (30, 30)
    """
    if not isinstance(size, float):
        return int(size)
    count = round(size * rows)
    if not count:
        raise UserError(f"preprocess.split: fraction {size} of {rows} rows rounds to 0 rows; use a larger fraction")
    return count


def sizes_in_order(params: Split, counts: Mapping[str, int], rows: int) -> dict[str, int]:
    sizes = {name: counts[name] for name in (VALIDATION, TEST) if name in counts}
    training = {TRAIN: rows - sum(counts.values())}
    return training | sizes if params.order == "chronological" else sizes | training


def _draw(params: Split, rows: RowNumbers, counts: Mapping[str, int], classes: Rows | None) -> dict[str, RowNumbers]:
    """Draw test, then validation from the remaining rows. The rows of each split keep their order."""
    if not any(counts.values()):
        return {TRAIN: rows}
    # Only here, since scikit-learn takes a second to import, and a given split needs none of it.
    from sklearn.model_selection import train_test_split

    parts: dict[str, RowNumbers] = {}
    remaining = as_array(rows)
    for name in (name for name, count in counts.items() if count):
        balanced = None if classes is None else classes[remaining]
        try:
            remaining, drawn = train_test_split(
                remaining, test_size=counts[name], random_state=params.seed, stratify=balanced
            )
        except ValueError as error:
            raise UserError(f"preprocess.split.{name}: {counts[name]} rows cannot be drawn: {error}") from None
        parts[name] = np.sort(drawn)
    return parts | {TRAIN: np.sort(remaining)}


def check_windows(params: Preprocess, rows: Mapping[str, RowNumbers], raw_sizes: Mapping[str, int]) -> None:
    """Each split must lie in one raw split, and be long enough for a window.

    Two raw splits are two series: a window over both would show a step that never happened.
    """
    window, errors = params.window, ErrorList()
    assert window is not None
    raw_splits = _consecutive_ranges(raw_sizes)
    for name, part in rows.items():
        sources = [n for n, raw in raw_splits.items() if bisect_left(part, raw.start) < bisect_left(part, raw.stop)]
        errors.check(
            len(sources) == 1,
            f"preprocess.window: the {name} split joins {' and '.join(sources)}, and a window would cross from one "
            "to the other; set one of them to `given` in preprocess.split, or leave it out of download.files",
        )
    errors.raise_if_any()
    earlier = f", and its steps {params.lookback} rows before" if params.lookback else ""
    for name, part in rows_to_read(params, rows, raw_sizes).items():
        own = len(rows[name])
        errors.check(
            window.count(len(part) - params.lookback) > 0,
            f"preprocess.window: length {window.length} and horizon {window.horizon} need {window.span} rows{earlier}, "
            f"but the {name} split has {own}{f' and {len(part) - own} before it' if len(part) > own else ''}; use a "
            "shorter window or a larger split",
        )
    errors.raise_if_any()
