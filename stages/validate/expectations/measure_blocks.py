"""The metrics of expectations over the blocks of a large table, merged to those of all rows.

An expectation about single rows counts in each block, and the counts are added. A statistic of a column is computed
from all its values in a temporary file, as pandas computes it in memory. Equal values are found by hashes.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from heapq import nsmallest
from typing import Any

import pandas as pd

from stages.validate.all_rows import Rows, read_blocks, row_count
from stages.validate.expectations.column_statistics import (
    STATISTICS,
    check_distinct,
    column_statistics,
    distinct_values,
    most_common_values,
)
from stages.validate.expectations.dataset_expectations import Expectation
from stages.validate.expectations.library_metrics import CannotBeEvaluated, FrameEngine, MeasuredExpectation
from stages.validate.expectations.outlying_rows import OUTLYING, outlying_rows
from stages.validate.leakage.hashes import HashedRows
from stages.validate.workspace import Workspace

Metrics = dict[str, Any]
Result = Metrics | CannotBeEvaluated
Measured = tuple[Expectation, MeasuredExpectation]

_OF_NEIGHBOURS = frozenset({"expect_column_values_to_be_decreasing", "expect_column_values_to_be_increasing"})
_UNIQUE_ROWS = {
    "expect_column_values_to_be_unique": "column_values.unique",
    "expect_compound_columns_to_be_unique": "compound_columns.unique",
}
_DISTINCT_SETS = frozenset(
    {
        "expect_column_distinct_values_to_be_in_set",
        "expect_column_distinct_values_to_contain_set",
        "expect_column_distinct_values_to_equal_set",
    }
)
_COUNTS = {
    "expect_column_proportion_of_non_null_values_to_be_between": "column.non_null_proportion",
    "expect_column_proportion_of_unique_values_to_be_between": "column.unique_proportion",
    "expect_column_unique_value_count_to_be_between": "column.distinct_values.count",
}
# The rows of the first block of which the library sees whether it can judge a column.
CHECKED_ROWS = 1000
_MOST_COMMON = "expect_column_most_common_value_to_be_in_set"


def measure_blocks(
    rows: Rows, expectations: Sequence[Measured], engine: FrameEngine, limit: int, space: Workspace
) -> list[Result]:
    """The metrics of each expectation, or why it cannot be evaluated."""
    special = _special_ways(rows, engine, limit, space)
    by_block = [number for number, (e, _) in enumerate(expectations) if e.name not in special]
    merged = dict(zip(by_block, _merge_blocks(rows, [expectations[n] for n in by_block], engine, limit), strict=True))
    first_block = rows.blocks[0].read()
    results = []
    for number, (expectation, measured) in enumerate(expectations):
        if number in merged:
            results.append(merged[number])
            continue
        engine.load(_some_rows(first_block, expectation.columns))
        try:
            results.append(special[expectation.name](expectation, measured))
        except CannotBeEvaluated as error:
            results.append(error)
    # The library judges by the types of the columns; the rows can be removed from memory.
    engine.load(first_block.iloc[:0].copy())
    return results


def _special_ways(
    rows: Rows, engine: FrameEngine, limit: int, space: Workspace
) -> Mapping[str, Callable[[Expectation, MeasuredExpectation], Metrics]]:
    def statistic(expectation: Expectation, measured: MeasuredExpectation) -> Metrics:
        measured.measure()
        with space.temporary() as scratch:
            return {STATISTICS[expectation.name]: column_statistics(rows, expectation, scratch)}

    def distinct(expectation: Expectation, measured: MeasuredExpectation) -> Metrics:
        engine.load(distinct_values(rows, expectation.columns[0]))
        return measured.measure()

    def most_common(expectation: Expectation, measured: MeasuredExpectation) -> Metrics:
        engine.load(most_common_values(rows, expectation.columns[0]))
        return measured.measure()

    def counts(expectation: Expectation, measured: MeasuredExpectation) -> Metrics:
        measured.measure()
        [name] = expectation.columns
        hashed = space.hashed
        _hash_present(rows, [name], hashed, "any")
        metric = _COUNTS[expectation.name]
        if metric == "column.non_null_proportion":
            return {metric: hashed.count / row_count(rows) if row_count(rows) else 0}
        found = hashed.distinct()
        if metric == "column.unique_proportion":
            return {metric: found / hashed.count if hashed.count else 0}
        return {metric: found}

    def unique(expectation: Expectation, measured: MeasuredExpectation) -> Metrics:
        first_block = measured.measure()
        return first_block | _repeated_rows(rows, expectation, limit, space.hashed)

    return {
        **dict.fromkeys(STATISTICS, statistic),
        **dict.fromkeys(OUTLYING, partial(_outlying_rows, rows, limit, space)),
        **dict.fromkeys(_DISTINCT_SETS, distinct),
        **dict.fromkeys(_COUNTS, counts),
        **dict.fromkeys(_UNIQUE_ROWS, unique),
        _MOST_COMMON: most_common,
    }


def _outlying_rows(
    rows: Rows, limit: int, space: Workspace, expectation: Expectation, measured: MeasuredExpectation
) -> Metrics:
    some_rows = measured.measure()
    with space.temporary() as scratch:
        return some_rows | outlying_rows(rows, expectation, limit, scratch)


def _some_rows(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows with values: enough to see whether the library can judge such columns, which takes it long for all rows."""
    present = frame.loc[frame[list(columns)].notna().all(axis=1)]
    return (present if len(present) else frame).iloc[:CHECKED_ROWS]


def _merge_blocks(rows: Rows, expectations: Sequence[Measured], engine: FrameEngine, limit: int) -> list[Result]:
    results: list[Result] = [{} for _ in expectations]
    compared = {e.columns[0] for e, _ in expectations if e.name in _OF_NEIGHBOURS}
    last: dict[str, pd.DataFrame] = {}
    for frame in read_blocks(rows, _columns_read(expectations)) if expectations else ():
        for number, (expectation, measured) in enumerate(expectations):
            before = results[number]
            if isinstance(before, CannotBeEvaluated):
                continue
            try:
                if expectation.name in _OF_NEIGHBOURS:
                    found = _measure_neighbours(expectation.columns[0], measured, engine, frame, last)
                else:
                    engine.load(frame)
                    found = measured.measure()
                results[number] = merge_metrics(before, found, limit) if before else found
            except CannotBeEvaluated as error:
                results[number] = error
        last |= {name: present.iloc[-1:] for name in compared if len(present := frame.loc[frame[name].notna(), [name]])}
    return results


def _columns_read(expectations: Sequence[Measured]) -> list[str] | None:
    """None if an expectation is about the columns of the table."""
    columns = dict.fromkeys(name for e, _ in expectations for name in e.columns)
    is_of_table = any(not e.columns or e.name == "expect_column_to_exist" for e, _ in expectations)
    return None if is_of_table else list(columns)


def _measure_neighbours(
    column: str,
    measured: MeasuredExpectation,
    engine: FrameEngine,
    frame: pd.DataFrame,
    last: Mapping[str, pd.DataFrame],
) -> Metrics:
    """Each value is compared with the one before it, which may be in an earlier block."""
    if column not in last:
        engine.load(frame)
        return measured.measure()
    engine.load(pd.concat([last[column], frame[[column]]]))
    found = measured.measure()
    return found | {"table.row_count": found["table.row_count"] - 1}


def merge_metrics(one: Metrics, other: Metrics, limit: int) -> Metrics:
    """The metrics of the rows of both.

    >>> one = {"table.row_count": 2, "x.unexpected_index_list": [1], "column.max": 7.0}
    >>> merge_metrics(one, {"table.row_count": 3, "x.unexpected_index_list": [2, 4], "column.max": 5.0}, limit=2)
    {'table.row_count': 5, 'x.unexpected_index_list': [1, 2], 'column.max': 7.0}
    """
    return {name: _merge(name, value, other[name], limit) for name, value in one.items()}


def _merge(name: str, one: Any, other: Any, limit: int) -> Any:
    match name.rpartition(".")[2]:
        case "row_count" | "unexpected_count" | "filtered_row_count" | "count" | "below_partition" | "above_partition":
            return one + other
        case "histogram":
            return [count + more for count, more in zip(one, other, strict=True)]
        case "value_counts":
            return _add_counts(one, other)
        case "unexpected_values" | "unexpected_index_list":
            return [*(one or []), *(other or [])][:limit]
        case "min" | "max" as extreme:
            present = [value for value in (one, other) if not pd.isna(value)]
            return (min(present) if extreme == "min" else max(present)) if present else one
        case other_name:
            # The same in every block.
            assert other_name in ("columns", "column_types", "column_count", "unexpected_index_query"), name
            return one


def _add_counts(one: pd.Series, other: pd.Series) -> pd.Series:
    """In the order of the values, as the library has them."""
    counts = pd.concat([one, other]).groupby(level=0).sum()
    check_distinct(len(counts))
    return counts


def _hash_present(rows: Rows, columns: Sequence[str], hashed: HashedRows, ignored: str) -> None:
    """The rows with values in these columns; `ignored` are rows where any of them, all or none are missing."""
    hashed.clear()
    for frame in read_blocks(rows, columns):
        if ignored != "none":
            frame = frame.dropna(how="any" if ignored == "any" else "all")
        hashed.add(frame, columns)


def _repeated_rows(rows: Rows, expectation: Expectation, limit: int, hashed: HashedRows) -> Metrics:
    is_single = "column" in expectation.arguments
    ignored = {"all_values_are_missing": "all", "any_value_is_missing": "any", "never": "none"}
    how = "any" if is_single else ignored[expectation.arguments.get("ignore_row_if", "all_values_are_missing")]
    _hash_present(rows, expectation.columns, hashed, how)
    count, first = 0, list[int]()
    for part in hashed.equal_rows():
        later = part.is_later
        # The first one of them is found beside the second.
        originals = part.originals[later & (part.previous == part.originals)]
        count += int(later.sum()) + len(originals)
        first = nsmallest(limit, [*first, *part.positions[later].tolist(), *originals.tolist()])
    examples = rows.take(first, expectation.columns)
    values = examples[expectation.columns[0]].tolist() if is_single else examples.to_dict("records")
    metric = _UNIQUE_ROWS[expectation.name]
    found = {
        "table.row_count": row_count(rows),
        f"{metric}.unexpected_count": count,
        f"{metric}.unexpected_index_list": first,
        f"{metric}.unexpected_values": values,
    }
    if is_single:
        return found | {"column_values.nonnull.unexpected_count": row_count(rows) - hashed.count}
    return found | {f"{metric}.filtered_row_count": hashed.count}
