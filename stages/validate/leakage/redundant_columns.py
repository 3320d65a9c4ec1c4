"""Columns of a table that hold the same information: equal, on another scale, or with renamed classes.

The rows are read by block. What is asked of all rows is a largest difference or an equality, so the blocks give the
same answer as all rows together.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.records.validation import RedundantColumns
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.errors import format_examples
from stages.validate.all_rows import RowBlock, Rows, row_count
from stages.validate.leakage.candidate_rows import Integers
from stages.validate.leakage.count_classes import ClassCounter
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
# Values at the extremes of columns that are compared at once.
EXTREMES_AT_ONCE = 1 << 22


@dataclass(frozen=True)
class ColumnFacts:
    """What is known of the values of a column in some rows.

    `codes` is a digest of the number of each row's class, in the order in which the classes occur in a block. `low` and
    `high` are the extremes of a finite number, and the rows where they occur first. `probes` are its values in the
    probed rows, and missing in those of other blocks.
    """

    first: Any
    is_varied: bool
    codes: bytes
    most_classes: int
    is_finite_number: bool
    low: tuple[float, int]
    high: tuple[float, int]
    probes: Floats

    def merge(self, other: "ColumnFacts") -> "ColumnFacts":
        firsts = [facts.first for facts in (self, other) if facts.first is not None]
        return ColumnFacts(
            first=firsts[0] if firsts else None,
            is_varied=self.is_varied or other.is_varied or bool(len(firsts) > 1 and firsts[0] != firsts[1]),
            codes=hashlib.sha256(self.codes + other.codes).digest(),
            most_classes=max(self.most_classes, other.most_classes),
            is_finite_number=self.is_finite_number and other.is_finite_number,
            low=min(self.low, other.low),
            # The first of equal ones.
            high=max(self.high, other.high, key=lambda found: (found[0], -found[1])),
            probes=np.where(np.isnan(self.probes), other.probes, self.probes),
        )


def find_redundant_columns(rows: Rows, counter: ClassCounter | None = None) -> list[RedundantColumns]:
    """All pairs in the order of the columns. Columns with a single value are skipped. Several blocks need a counter."""
    probed = np.linspace(0, max(0, row_count(rows) - 1), PROBED_ROWS).astype(np.int64)
    blocks = map_blocks(partial(block_facts, probed=probed), rows.blocks)
    facts = reduce(lambda all_facts, more: [a.merge(b) for a, b in zip(all_facts, more, strict=True)], blocks)
    varied = {name: found for name, found in zip(rows.columns, facts, strict=True) if found.is_varied}
    relations: dict[Pair, Relation] = dict.fromkeys(_renamed_pairs(rows, varied, counter), "renamed")
    numbers = {name: found for name, found in varied.items() if found.is_finite_number}
    relations |= dict.fromkeys(_scaled_pairs(rows, numbers), "scaled")
    relations |= dict.fromkeys(_equal_pairs(rows, list(relations)), "equal")
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


def block_facts(block: RowBlock, probed: Integers) -> list[ColumnFacts]:
    frame = block.read()
    start = int(frame.index[0]) if len(frame) else 0
    inside = (probed >= start) & (probed < start + len(frame))
    return [_facts(column, start, probed, inside) for _, column in frame.items()]


def _facts(column: pd.Series, start: int, probed: Integers, inside: NDArray[np.bool_]) -> ColumnFacts:
    # Renamed classes get the same codes if the codes are given in the order in which the classes occur.
    codes, classes = pd.factorize(column, use_na_sentinel=False)
    present = classes[pd.notna(classes)]
    low, high, probes = (np.inf, 0), (-np.inf, 0), np.full(len(probed), np.nan)
    is_finite = _is_number(column) and not np.isinf(values := _floats(column)).any()
    if is_finite and len(present):
        low, high = ((float(values[row]), start + int(row)) for row in (np.nanargmin(values), np.nanargmax(values)))
        probes[inside] = values[probed[inside] - start]
    return ColumnFacts(
        first=present[0] if len(present) else None,
        is_varied=len(present) > 1,
        codes=hashlib.sha256(codes.astype(np.int64).tobytes()).digest(),
        most_classes=len(classes),
        is_finite_number=is_finite,
        low=low,
        high=high,
        probes=probes,
    )


def _renamed_pairs(rows: Rows, varied: Mapping[Any, ColumnFacts], counter: ClassCounter | None) -> Iterator[Pair]:
    by_codes: dict[bytes, list[Any]] = defaultdict(list)
    for name, facts in varied.items():
        if facts.most_classes * MIN_ROWS_PER_CLASS <= row_count(rows):
            by_codes[facts.codes].append(name)
    groups = list(by_codes.values())
    if counter is not None:
        # The codes of each block are equal, but a class may have another name in another block.
        most_classes = row_count(rows) // MIN_ROWS_PER_CLASS
        groups = [equal for group in groups if len(group) > 1 for equal in counter.renamed(rows, group, most_classes)]
    return (pair for equal in groups for pair in combinations(equal, 2))


def _scaled_pairs(rows: Rows, numbers: Mapping[Any, ColumnFacts]) -> Iterator[Pair]:
    """Compare all pairs in a few rows, then in the rows with a column's extremes, and only the rest in all rows."""
    names = list(numbers)
    ranges = np.array([(facts.low[0], facts.high[0]) for facts in numbers.values()]).reshape(-1, 2)
    probes = np.array([facts.probes for facts in numbers.values()]).reshape(-1, PROBED_ROWS)
    at_once = max(1, EXTREMES_AT_ONCE // max(1, len(names)))
    pairs: list[Line] = []
    similar = list(_similar_columns(_relative_values(probes, ranges)))
    for start in range(0, len(similar), at_once):
        pairs += _similar_at_extremes(rows, names, list(numbers.values()), ranges, similar[start : start + at_once])
    return _pairs_on_lines(rows, names, ranges, pairs)


@dataclass(frozen=True)
class Line:
    """Through the extremes of `one`: the value of `other` at a value of `one`."""

    one: int
    other: int
    start: float
    other_start: float
    slope: float


def _similar_columns(probes: Floats) -> Iterator[tuple[int, bool, Integers]]:
    """For each column and its opposite, the later columns that are similar to it."""
    for number in range(len(probes)):
        for negative in (False, True):
            similar = number + 1 + _similar(probes[number], probes[number + 1 :], negative)
            if len(similar):
                yield number, negative, similar


def _similar_at_extremes(
    rows: Rows,
    names: Sequence[Any],
    facts: Sequence[ColumnFacts],
    ranges: Floats,
    candidates: Sequence[tuple[int, bool, Integers]],
) -> Iterator[Line]:
    involved = np.unique(np.concatenate([np.append(similar, number) for number, _, similar in candidates]))
    positions = sorted({row for number, _, _ in candidates for _, row in (facts[number].low, facts[number].high)})
    taken = rows.take(positions, [names[n] for n in involved])
    values = np.array([_floats(column) for _, column in taken.items()])
    relative = _relative_values(values, ranges[involved])
    for number, negative, similar in candidates:
        low, high = np.searchsorted(positions, [facts[number].low[1], facts[number].high[1]])
        one, others = np.searchsorted(involved, number), np.searchsorted(involved, similar)
        found = _similar(relative[one, [low, high]], relative[np.ix_(others, [low, high])], negative)
        for other in others[found]:
            slope = (values[other, high] - values[other, low]) / (values[one, high] - values[one, low])
            yield Line(number, int(involved[other]), values[one, low], values[other, low], slope)


def _relative_values(values: Floats, ranges: Floats) -> Floats:
    """The values of each column, a row of `values`, as a share of its range."""
    return (values - ranges[:, :1]) / (ranges[:, 1:] - ranges[:, :1])


def _similar(one: Floats, others: Floats, negative: bool) -> Integers:
    """Which of the others have nearly the same relative values, or the opposite ones. Missing values are skipped."""
    difference = np.nan_to_num(np.abs(others - (1 - one if negative else one)))
    return np.flatnonzero(difference.max(axis=1, initial=0) < 4 * MAX_ROUNDING)


def _pairs_on_lines(rows: Rows, names: Sequence[Any], ranges: Floats, lines: Sequence[Line]) -> Iterator[Pair]:
    """Pairs of which `other` is a + b * `one` within the rounding of the written values."""
    if not lines:
        return
    involved = sorted({number for line in lines for number in (line.one, line.other)})
    measure = partial(block_distances, columns={number: names[number] for number in involved}, lines=lines)
    distances, rounding = (np.max(found, axis=0) for found in zip(*map_blocks(measure, rows.blocks), strict=True))
    sizes = ranges[:, 1] - ranges[:, 0]
    decimals = {n: _last_decimal(rounding[row], sizes[n]) for row, n in enumerate(involved)}
    for line, distance in zip(lines, distances, strict=True):
        size = float(sizes[line.other])
        accepted = min(decimals[line.other] + abs(line.slope) * decimals[line.one], MAX_ROUNDING * size)
        if distance <= accepted + FLOAT_PRECISION * size:
            yield names[line.one], names[line.other]


def block_distances(block: RowBlock, columns: Mapping[int, Any], lines: Sequence[Line]) -> tuple[Floats, Floats]:
    """The largest distance of each line, infinite if values are missing in one column only; and for each column the
    largest rounding error with 0, 1, ... decimals.
    """
    frame = block.read(list(columns.values()))
    values = {number: _floats(frame[name]) for number, name in columns.items()}
    errors = [_rounding_errors(column[~np.isnan(column)]) for column in values.values()]
    return np.array([_distance(line, values[line.one], values[line.other]) for line in lines]), np.array(errors)


def _distance(line: Line, one: Floats, other: Floats) -> float:
    missing = np.isnan(one)
    if not np.array_equal(missing, np.isnan(other)):
        return np.inf
    one, other = one[~missing], other[~missing]
    on_line = line.other_start + line.slope * (one - line.start)
    return float(np.abs(other - on_line).max(initial=0))


def _rounding_errors(values: Floats) -> list[float]:
    return [float(np.abs(values - values.round(n)).max(initial=0)) for n in range(MAX_DECIMALS)]


def _last_decimal(errors: Floats, size: float) -> float:
    """The value of the last decimal that numbers with a range of this size were written with, by their rounding errors;
    0 if there are too many decimals.

    >>> [_last_decimal(_rounding_errors(np.array(values)), 10.0) for values in ([21.5, 7.25], [1.0, 2.0], [1 / 3])]
    [0.01, 1.0, 0.0]
    """
    precision = FLOAT_PRECISION * size
    return next((10.0**-n for n in range(MAX_DECIMALS) if errors[n] < precision), 0.0)


def _equal_pairs(rows: Rows, pairs: Sequence[Pair]) -> list[Pair]:
    if not pairs:
        return []
    found = map_blocks(partial(block_equalities, pairs=pairs), rows.blocks)
    return [pair for pair, equal in zip(pairs, np.all(list(found), axis=0), strict=True) if equal]


def block_equalities(block: RowBlock, pairs: Sequence[Pair]) -> list[bool]:
    frame = block.read(list(dict.fromkeys(name for pair in pairs for name in pair)))
    return [_is_equal(frame[one], frame[other]) for one, other in pairs]
