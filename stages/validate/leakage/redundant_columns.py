"""Columns of a table that say the same: equal, on another scale, or under other names."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

How = Literal["equal", "scaled", "renamed"]
Floats = NDArray[np.float64]

# What rounding may add, as a share of the column's range; more would hide a difference in a coarse column.
MOST_ROUNDED = 0.005
MOST_DIGITS = 5
# What float32 keeps of a number, and less than the fifth digit.
FLOAT = 1e-6
PROBES = 64
# A renaming has each name twice on average: where every value occurs once, any two columns are a renaming.
LEAST_REPEATED = 2


@dataclass(frozen=True)
class Copy:
    """`second` is what `first` is."""

    first: str
    second: str
    how: How


def copies(frame: pd.DataFrame) -> list[Copy]:
    """Pairs of columns in their order; a column of one value is no copy of another one."""
    varied = [name for name in frame.columns if frame[name].nunique() > 1]
    place = {name: number for number, name in enumerate(varied)}
    found: dict[tuple[Any, Any], How] = dict.fromkeys(_renamed(frame, varied), "renamed")
    found |= dict.fromkeys(_scaled(frame, [name for name in varied if _is_finite(frame[name])]), "scaled")
    found |= {pair: "equal" for pair in found if _equal(frame[pair[0]], frame[pair[1]])}
    ordered = sorted(found, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return [Copy(str(first), str(second), found[first, second]) for first, second in ordered]


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _is_finite(column: pd.Series) -> bool:
    return _is_number(column) and not np.isinf(_floats(column)).any()


def _equal(one: pd.Series, other: pd.Series) -> bool:
    if _is_number(one) and _is_number(other):
        return np.array_equal(_floats(one), _floats(other), equal_nan=True)
    return bool(one.equals(other))


def _renamed(frame: pd.DataFrame, names: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Numbered in the order in which they occur, the same classes have the same numbers."""
    alike: dict[bytes, list[Any]] = {}
    for name in names:
        numbers, values = pd.factorize(frame[name], use_na_sentinel=False)
        if len(values) * LEAST_REPEATED <= len(numbers):
            alike.setdefault(hashlib.sha256(numbers.astype(np.int64).tobytes()).digest(), []).append(name)
    return (pair for several in alike.values() for pair in combinations(several, 2))


def _scaled(frame: pd.DataFrame, names: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """A few rows, and those where a column is smallest and largest, show which others to compare in full."""
    spans = np.array([_span(_floats(frame[name])) for name in names]).reshape(-1, 2)
    probes = _shares(frame, names, spans, np.linspace(0, len(frame) - 1, PROBES).astype(np.int64))
    for number, name in enumerate(names):
        extremes = [int(np.nanargmin(values := _floats(frame[name]))), int(np.nanargmax(values))]
        later = np.arange(number + 1, len(names))
        for turned in (False, True):
            hopeful = later[_alike(probes, number, later, turned)]
            ends = _shares(frame, [name, *(names[n] for n in hopeful)], spans[[number, *hopeful]], np.array(extremes))
            hopeful = hopeful[_alike(ends, 0, np.arange(1, len(ends)), turned)]
            yield from ((name, names[n]) for n in hopeful if _is_scaled(values, _floats(frame[names[n]])))


def _span(values: Floats) -> tuple[float, float]:
    return float(np.nanmin(values)), float(np.nanmax(values))


def _shares(frame: pd.DataFrame, names: Sequence[Any], spans: Floats, rows: NDArray[np.int64]) -> Floats:
    """Of the way from a column's smallest value to its largest, one column a row."""
    shares = np.array([_floats(frame[name].iloc[rows]) for name in names]).reshape(len(names), len(rows))
    return (shares - spans[:, :1]) / (spans[:, 1:] - spans[:, :1])


def _alike(shares: Floats, one: int, others: NDArray[np.int64], turned: bool) -> NDArray[np.bool_]:
    """A missing value says nothing yet."""
    wanted = 1 - shares[one] if turned else shares[one]
    near: NDArray[np.bool_] = np.nan_to_num(np.abs(shares[others] - wanted)).max(axis=1, initial=0) < 4 * MOST_ROUNDED
    return near


def _floats(column: pd.Series) -> Floats:
    values: Floats = column.to_numpy(np.float64, na_value=np.nan)
    return values


def _is_scaled(one: Floats, other: Floats) -> bool:
    """`other` = a + b * `one`, by the line through the extremes, as far as both were rounded when they were written."""
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return False
    one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    low, high = one.argmin(), one.argmax()
    slope = (other[high] - other[low]) / (one[high] - one[low])
    line = other[low] + slope * (one - one[low])
    span = float(np.ptp(other))
    rounded = _step(other) + abs(slope) * _step(one)
    return bool(np.abs(other - line).max() <= min(rounded, MOST_ROUNDED * span) + FLOAT * span)


def _step(values: Floats) -> float:
    """What the last digit counts that was written down; 0 where there are more digits than anybody writes.

    >>> _step(np.array([21.5, 7.25])), _step(np.array([1.0, 2.0])), _step(np.array([1 / 3]))
    (0.01, 1.0, 0.0)
    """
    float_error = FLOAT * np.ptp(values)
    exact = (digits for digits in range(MOST_DIGITS) if np.abs(values - values.round(digits)).max() < float_error)
    return next((10.0**-digits for digits in exact), 0.0)
