"""The values of each column, in the form from which a profile is computed and compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import ColumnPictures, RawData, Table
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.pictures.no_picture import NO_PICTURE
from stages.validate.all_rows import LABEL, AllRows, read_blocks, row_count
from stages.validate.typed_blocks import StoredRows
from stages.validate.value_kind import value_kind

_KINDS: Mapping[str, Literal["number", "date"]] = {"number": "number", "time": "date"}
_VALUE_TYPES = {"time": np.int64}


@dataclass(frozen=True)
class NoValues:
    """A column in which all values are missing."""

    missing: int


@dataclass(frozen=True)
class ClassCounts:
    """How often each class occurs: the most frequent first, equally frequent ones by name."""

    missing: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class SortedValues:
    """Ascending numbers: the values, times as microseconds since 1970 in UTC, the lengths of texts, or the mean pixels
    of pictures.
    """

    kind: Literal["number", "date", "text", "picture"]
    missing: int
    values: NDArray[Any]

    def cumulative_counts(self, limits: NDArray[Any]) -> NDArray[np.int64]:
        """The number of values less than or equal to each limit."""
        return np.searchsorted(self.values, limits, side="right")


ColumnValues = NoValues | ClassCounts | SortedValues


def column_values(raw: RawData, rows: AllRows) -> dict[str, ColumnValues]:
    """By the name of the column: of a table without its private columns, or of the labels and statistics of images
    and texts.
    """
    frame = rows.frame
    if isinstance(raw, Table):
        class_columns = set(raw.classes)
    else:
        class_names = frame[LABEL].map(dict(enumerate(raw.classes))).fillna(frame[LABEL].astype(str))
        frame, class_columns = frame.assign(**{LABEL: class_names}), {LABEL}
    names = [name for name in frame.columns if name not in rows.private]
    values = {str(name): values_of_column(frame[name], name in class_columns) for name in names}
    pictures = raw.pictures if isinstance(raw, Table) else {}
    return values | {name: _values_of_pictures(pictures[name]) for name in names if name in pictures}


def column_values_by_block(raw: Table, rows: StoredRows, scratch: ScratchFolder) -> dict[str, ColumnValues]:
    """The same for a large table: sorted values are in files."""
    names = [name for name in rows.columns if name not in rows.private]
    kinds = {name: next((kinds[name] for kinds in rows.kinds.values() if kinds[name]), "") for name in names}
    counted = {name for name in names if kinds[name] == "boolean" or (kinds[name] and name in raw.classes)}
    measured = [name for name in names if kinds[name] and name not in counted and name not in raw.pictures]
    counts: dict[str, dict[str, int]] = {name: {} for name in counted}
    values = {name: scratch.array(row_count(rows), _VALUE_TYPES.get(kinds[name], np.float64)) for name in measured}
    ends = dict.fromkeys(names, 0)
    for frame in read_blocks(rows, names):
        for name in (name for name in names if name in counts or name in values):
            present = frame[name].dropna()
            if name in counts:
                ends[name] += len(present)
                _add_counts(counts[name], present)
                continue
            numbers = _numbers(present, kinds[name])
            values[name][ends[name] : ends[name] + len(numbers)] = numbers
            ends[name] += len(numbers)
    columns: dict[str, ColumnValues] = {name: NoValues(row_count(rows)) for name in names}
    for name in (name for name in names if ends[name]):
        missing = row_count(rows) - ends[name]
        if name in counts:
            columns[name] = ClassCounts(missing, _by_frequency(counts[name]))
            continue
        ascending = values[name][: ends[name]]
        ascending.sort()
        columns[name] = SortedValues(_KINDS.get(kinds[name], "text"), missing, ascending)
    return columns | {name: _values_of_pictures(raw.pictures[name]) for name in names if name in raw.pictures}


def _add_counts(counts: dict[str, int], present: pd.Series) -> None:
    for name, count in present.astype(str).value_counts().items():
        counts[str(name)] = counts.get(str(name), 0) + int(count)


def _values_of_pictures(pictures: ColumnPictures) -> ColumnValues:
    numbers = np.concatenate(list(pictures.numbers.values()))
    present = numbers[numbers != NO_PICTURE]
    if not len(present):
        return NoValues(len(numbers))
    return SortedValues("picture", len(numbers) - len(present), np.sort(mean_pixels(pictures.pixels)[present]))


def mean_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean of all pixels and channels of each picture. Sums of whole numbers have no rounding errors.

    >>> mean_pixels(np.array([[[[0], [3]]], [[[255], [255]]]], np.uint8))
    array([  1.5, 255. ])
    """
    in_each = int(np.prod(pixels.shape[1:]))
    sums: NDArray[np.int64] = pixels.reshape(len(pixels), in_each).sum(axis=1, dtype=np.int64)
    return sums / in_each


def values_of_column(column: pd.Series, is_class: bool = False) -> ColumnValues:
    """
    >>> values_of_column(pd.Series(["b", "a", "b", None]), is_class=True)
    ClassCounts(missing=1, counts={'b': 2, 'a': 1})
    >>> values_of_column(pd.Series([2.0, None, 1.0]))
    SortedValues(kind='number', missing=1, values=array([1., 2.]))
    """
    present, kind = column.dropna(), value_kind(column)
    if not kind:
        return NoValues(len(column))
    if is_class or kind == "boolean":
        counts = {str(name): int(count) for name, count in present.astype(str).value_counts().items()}
        return ClassCounts(len(column) - len(present), _by_frequency(counts))
    values = np.sort(_numbers(present, kind))
    if not len(values):
        return NoValues(len(column))
    return SortedValues(_KINDS.get(kind, "text"), len(column) - len(values), values)


def _by_frequency(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _numbers(present: pd.Series, kind: str) -> NDArray[Any]:
    """Infinite values are left out: JSON does not have them, and the check `every_number_is_finite` reports them."""
    if kind == "time":
        times = pd.DatetimeIndex(pd.to_datetime(present, utc=True))
        microseconds: NDArray[np.int64] = times.as_unit("us").asi8
        return microseconds
    numbers = present if kind == "number" else present.astype(str).str.len()
    values: NDArray[np.float64] = numbers.to_numpy(np.float64)
    # Adding 0.0 turns -0.0 into 0.0: the two are equal, so their order after sorting is not defined.
    return values[np.isfinite(values)] + 0.0
