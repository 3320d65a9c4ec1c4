"""Columns of a table that hold the same information: equal, on another scale, or with renamed classes."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from stages.core.artefacts.records.validation import RedundantColumns
from stages.core.errors import format_examples
from stages.validate.leakage.candidate_rows import Integers
from stages.validate.leakage.select_nearest import Floats

Relation = Literal["equal", "scaled", "renamed"]
# The names of two columns as the frame has them.
Pair = tuple[Any, Any]

# The largest rounding error that is accepted, as a share of the column's range.
MAX_ROUNDING = 0.005
MAX_DECIMALS = 5
# The precision of float32, and less than the fifth decimal.
FLOAT_PRECISION = 1e-6
PROBED_ROWS = 64
# Columns whose values occur less often on average are no classes: without repetition, any two columns match.
MIN_ROWS_PER_CLASS = 2


def find_redundant_columns(frame: pd.DataFrame) -> list[RedundantColumns]:
    """All pairs in the order of the columns. Columns with a single value are skipped."""
    varied = [name for name in frame.columns if frame[name].nunique() > 1]
    finite = [name for name in varied if _is_number(frame[name]) and not np.isinf(_floats(frame[name])).any()]
    relations: dict[Pair, Relation] = dict.fromkeys(_renamed_pairs(frame, varied), "renamed")
    relations |= dict.fromkeys(_scaled_pairs(frame, finite), "scaled")
    relations |= {pair: "equal" for pair in relations if _is_equal(*(frame[name] for name in pair))}
    position = {name: number for number, name in enumerate(varied)}
    return [
        RedundantColumns(columns=(str(first), str(second)), relation=relation)
        for (first, second), relation in sorted(relations.items(), key=lambda item: [position[n] for n in item[0]])
    ]


def describe_redundant_columns(found: Iterable[RedundantColumns]) -> str:
    """
    >>> describe_redundant_columns([RedundantColumns(columns=("celsius", "fahrenheit"), relation="scaled")])
    "'fahrenheit' is 'celsius' on another scale; remove one column of each pair"
    """
    templates = {"equal": "{1!r} equals {0!r}", "scaled": "{1!r} is {0!r} on another scale"}
    templates["renamed"] = "{1!r} is {0!r} with other names"
    pairs = format_examples(templates[pair.relation].format(*pair.columns) for pair in found)
    return f"{pairs}; remove one column of each pair"


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _floats(column: pd.Series) -> Floats:
    values: Floats = column.to_numpy(np.float64, na_value=np.nan)
    return values


def _is_equal(one: pd.Series, other: pd.Series) -> bool:
    if _is_number(one) and _is_number(other):
        return np.array_equal(_floats(one), _floats(other), equal_nan=True)
    return bool(one.equals(other))


def _renamed_pairs(frame: pd.DataFrame, names: Sequence[Any]) -> Iterator[Pair]:
    """Renamed classes get the same codes if the codes are given in the order in which the classes occur."""
    by_codes: dict[bytes, list[Any]] = defaultdict(list)
    for name in names:
        codes, classes = pd.factorize(frame[name], use_na_sentinel=False)
        if len(classes) * MIN_ROWS_PER_CLASS <= len(codes):
            by_codes[hashlib.sha256(codes.astype(np.int64).tobytes()).digest()].append(name)
    return (pair for equal in by_codes.values() for pair in combinations(equal, 2))


def _scaled_pairs(frame: pd.DataFrame, names: Sequence[Any]) -> Iterator[Pair]:
    """Compare all pairs in a few rows, then in the rows with a column's extremes, and only the rest in all rows."""
    columns = (_floats(frame[name]) for name in names)
    ranges = np.array([(np.nanmin(column), np.nanmax(column)) for column in columns]).reshape(-1, 2)
    probed = np.linspace(0, len(frame) - 1, PROBED_ROWS).astype(np.int64)
    probes = _relative_values(frame, names, ranges, probed)
    for number, name in enumerate(names):
        values = _floats(frame[name])
        extremes = np.array([np.nanargmin(values), np.nanargmax(values)])
        for negative in (False, True):
            similar = number + 1 + _similar(probes[number], probes[number + 1 :], negative)
            chosen = [number, *similar]
            ends = _relative_values(frame, [names[n] for n in chosen], ranges[chosen], extremes)
            similar = similar[_similar(ends[0], ends[1:], negative)]
            yield from ((name, names[n]) for n in similar if _is_scaled(values, _floats(frame[names[n]])))


def _relative_values(frame: pd.DataFrame, names: Sequence[Any], ranges: Floats, rows: Integers) -> Floats:
    """The values of each column in these rows, as a share of its range. One row of the result for each column."""
    values = np.array([_floats(frame[name].iloc[rows]) for name in names]).reshape(len(names), len(rows))
    return (values - ranges[:, :1]) / (ranges[:, 1:] - ranges[:, :1])


def _similar(one: Floats, others: Floats, negative: bool) -> Integers:
    """Which of the others have nearly the same relative values, or the opposite ones. Missing values are skipped."""
    difference = np.nan_to_num(np.abs(others - (1 - one if negative else one)))
    return np.flatnonzero(difference.max(axis=1, initial=0) < 4 * MAX_ROUNDING)


def _is_scaled(one: Floats, other: Floats) -> bool:
    """`other` is a + b * `one`, by the line through the extremes, within the rounding of the written values."""
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return False
    one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    low, high = one.argmin(), one.argmax()
    slope = (other[high] - other[low]) / (one[high] - one[low])
    line = other[low] + slope * (one - one[low])
    value_range = float(np.ptp(other))
    rounding = min(_last_decimal(other) + abs(slope) * _last_decimal(one), MAX_ROUNDING * value_range)
    return bool(np.abs(other - line).max() <= rounding + FLOAT_PRECISION * value_range)


def _last_decimal(values: Floats) -> float:
    """The value of the last decimal that the numbers were written with; 0 if there are too many decimals.

    >>> _last_decimal(np.array([21.5, 7.25])), _last_decimal(np.array([1.0, 2.0])), _last_decimal(np.array([1 / 3]))
    (0.01, 1.0, 0.0)
    """
    precision = FLOAT_PRECISION * np.ptp(values)
    exact = (n for n in range(MAX_DECIMALS) if np.abs(values - values.round(n)).max() < precision)
    return next((10.0**-n for n in exact), 0.0)
