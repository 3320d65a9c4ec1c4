"""Which row goes where."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.row_numbers import RowNumbers, as_array, concatenate_row_numbers
from stages.core.errors import UserError
from stages.preprocess.params import Share, Split

Rows = NDArray[np.int64]
HELD_OUT = (TEST, VALIDATION)


def split_rows(params: Split, given: Mapping[str, int], classes: NDArray[Any] | None) -> dict[str, RowNumbers]:
    """Row numbers, counted over all raw splits in their order, for train, validation and test.

    `given` holds the sizes of the splits that the data came with; `classes` is what `stratified` balances.
    """
    ranges = _ranges(given)
    held = {name: _given(ranges, name) for name in HELD_OUT if getattr(params, name) == "given"}
    rest = concatenate_row_numbers([r for name, r in ranges.items() if name not in held])
    _check_leftovers(ranges, held)
    counts = {name: _count(getattr(params, name), len(rest)) for name in HELD_OUT if name not in held}
    if sum(counts.values()) >= len(rest):
        raise UserError(f"preprocess.split: {_told(counts)} of {len(rest)} rows leaves no rows to train on")
    parts = _take(params, rest, counts, classes) | held
    return {name: parts[name] for name in (TRAIN, VALIDATION, TEST) if len(parts.get(name, ()))}


def _ranges(given: Mapping[str, int]) -> dict[str, range]:
    ends = accumulate(given.values())
    return {name: range(end - size, end) for (name, size), end in zip(given.items(), ends, strict=True)}


def _given(ranges: Mapping[str, range], name: str) -> range:
    if name not in ranges:
        raise UserError(f"preprocess.split.{name}: given, but the data has only {', '.join(ranges)}; use a fraction")
    return ranges[name]


def _check_leftovers(ranges: Mapping[str, range], held: Mapping[str, range]) -> None:
    """A test split that came with the data must never slip into training."""
    for name in HELD_OUT:
        if name in ranges and name not in held:
            raise UserError(f"preprocess.split.{name}: the data brings its own {name} split; say `{name}: given`")


def _count(share: Share, rows: int) -> int:
    """
    >>> _count(0.2, 150), _count(30, 150)
    (30, 30)
    """
    if isinstance(share, float):
        count = round(share * rows)
        if not count:
            raise UserError(f"preprocess.split: {share} of {rows} rows is no row at all; use a larger share")
        return count
    return int(share)


def _take(
    params: Split, rows: RowNumbers, counts: Mapping[str, int], classes: NDArray[Any] | None
) -> dict[str, RowNumbers]:
    training = len(rows) - sum(counts.values())
    held = {name: counts[name] for name in (VALIDATION, TEST) if name in counts}
    if params.order == "chronological":
        return _cut(rows, {TRAIN: training} | held)
    if params.order == "first":
        return _cut(rows, held | {TRAIN: training})
    if params.order == "stratified" and classes is None:
        raise UserError(
            "preprocess.split.order: stratified balances classes, but the target holds values; use shuffled"
        )
    return _draw(rows, counts, params.seed, classes if params.order == "stratified" else None)


def _cut(rows: RowNumbers, sizes: Mapping[str, int]) -> dict[str, RowNumbers]:
    """
    >>> _cut(range(5), {"train": 3, "test": 2})
    {'train': range(0, 3), 'test': range(3, 5)}
    """
    ends = accumulate(sizes.values())
    return {name: rows[end - size : end] for (name, size), end in zip(sizes.items(), ends, strict=True)}


def _draw(
    rows: RowNumbers, counts: Mapping[str, int], seed: int, classes: NDArray[Any] | None
) -> dict[str, RowNumbers]:
    """Drawn by scikit-learn; the rows of each part stay in their first order."""
    parts: dict[str, RowNumbers] = {}
    for name in (n for n, count in counts.items() if count):
        try:
            rows, part = _drawn(as_array(rows), counts[name], seed, classes)
        except ValueError as error:
            raise UserError(f"preprocess.split.{name}: {counts[name]} rows cannot be drawn: {error}") from None
        parts[name] = np.sort(part)
    return parts | {TRAIN: np.sort(rows) if parts else rows}


def _drawn(rows: Rows, count: int, seed: int, classes: NDArray[Any] | None) -> list[Rows]:
    """The rows that are left, and those that were drawn."""
    from sklearn.model_selection import train_test_split

    balance = None if classes is None else classes[rows]
    both: list[Rows] = train_test_split(rows, test_size=count, random_state=seed, stratify=balance)
    return both


def _told(counts: Mapping[str, int]) -> str:
    return " and ".join(f"{count} {name}" for name, count in counts.items()) or "none"
