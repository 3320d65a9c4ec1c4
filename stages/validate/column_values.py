"""A column's values in the form in which they are profiled and compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, assert_never

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.validate.all_rows import Rows
from stages.validate.expectations.builtin_checks import kind
from stages.validate.expectations.image_statistics import LABEL

_KINDS: Mapping[str, Literal["number", "date"]] = {"number": "number", "time": "date"}


@dataclass(frozen=True)
class Nothing:
    """Of no kind, since there is no value."""

    missing: int


@dataclass(frozen=True)
class Named:
    """How often each class occurs, the most frequent first and the equally frequent by name."""

    missing: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Ordered:
    """Ascending: numbers, moments as microseconds since 1970 in UTC, or the lengths of texts."""

    kind: Literal["number", "date", "text"]
    missing: int
    values: NDArray[Any]

    def cumulative_counts(self, limits: NDArray[Any]) -> NDArray[np.int64]:
        """How many values are at most that."""
        return np.searchsorted(self.values, limits, side="right")

    def below(self, limit: Any) -> int:
        return int(np.searchsorted(self.values, limit, side="left"))


Values = Nothing | Named | Ordered


def columns_of(raw: RawData, rows: Rows) -> dict[str, Values]:
    """Those of a table; of pictures and texts, the columns of their figures."""
    match raw:
        case Table():
            frame, named = rows.frame, set(raw.classes)
        case Images() | Tokens():
            labels = rows.frame[LABEL].map(dict(enumerate(raw.classes))).fillna(rows.frame[LABEL].astype(str))
            frame, named = rows.frame.assign(**{LABEL: labels}), {LABEL}
        case _:
            assert_never(raw)
    return {str(column): values_of(frame[column], column in named) for column in frame.columns}


def values_of(column: pd.Series, named: bool = False) -> Values:
    """
    >>> values_of(pd.Series(["b", "a", "b", None]), named=True)
    Named(missing=1, counts={'b': 2, 'a': 1})
    >>> values_of(pd.Series([2.0, None, 1.0])).values.tolist(), values_of(pd.Series(["four", "no"])).values.tolist()
    ([1.0, 2.0], [2.0, 4.0])
    """
    present, of_kind = column.dropna(), kind(column)
    if not of_kind:
        return Nothing(len(column))
    if named or of_kind == "truth value":
        return Named(len(column) - len(present), _counts(present))
    values = _ascending(present, of_kind)
    if not len(values):
        return Nothing(len(column))
    return Ordered(_KINDS.get(of_kind, "text"), len(column) - len(values), values)


def _counts(present: pd.Series) -> dict[str, int]:
    counts = [(str(name), int(many)) for name, many in present.astype(str).value_counts().items()]
    return dict(sorted(counts, key=lambda pair: (-pair[1], pair[0])))


def _ascending(present: pd.Series, of_kind: str) -> NDArray[Any]:
    """An infinity counts as missing: it has no place in JSON, and `every_number_is_finite` tells of it."""
    if of_kind == "time":
        moments = pd.DatetimeIndex(pd.to_datetime(present, utc=True))
        microseconds: NDArray[np.int64] = np.sort(moments.as_unit("us").asi8)
        return microseconds
    numbers = present if of_kind == "number" else present.astype(str).str.len()
    values: NDArray[np.float64] = numbers.to_numpy(np.float64)
    # Two zeros that are equal would be in an order of their own.
    return np.sort(values[np.isfinite(values)]) + 0.0
