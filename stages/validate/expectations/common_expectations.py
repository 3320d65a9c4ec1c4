"""The expectations that every dataset has, judged as Great Expectations judges them.

The library needs as much time for one expectation as pandas for a hundred columns, and seconds to be imported.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.records.validation import CheckRecord
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import format_examples
from stages.validate.all_rows import RowBlock, Rows
from stages.validate.expectations.check_results import example_rows, to_json_value
from stages.validate.expectations.dataset_expectations import Expectation

Mask = NDArray[np.bool_]


def _is_missing(column: pd.Series, _: dict[str, Any]) -> Mask:
    return np.asarray(column.isna())


def _not_in_set(column: pd.Series, arguments: dict[str, Any]) -> Mask:
    return np.asarray(column.notna() & ~column.isin(arguments["value_set"]))


_FAILING: dict[str, Callable[[pd.Series, dict[str, Any]], Mask]] = {
    "expect_column_values_to_not_be_null": _is_missing,
    "expect_column_values_to_be_in_set": _not_in_set,
}


def run_common_expectations(rows: Rows, expectations: Sequence[Expectation], limit: int) -> list[CheckRecord]:
    """One record for each expectation, which is one of the first of `dataset_expectations`."""
    of_values = [e for e in expectations if e.name in _FAILING and e.columns[0] in rows.columns]
    count = partial(count_failing_rows, expectations=of_values, limit=limit)
    merged = _merge(map_blocks(count, rows.blocks), len(of_values), limit)
    found = {id(expectation): result for expectation, result in zip(of_values, merged, strict=True)}
    return [_record(rows, expectation, found.get(id(expectation))) for expectation in expectations]


def count_failing_rows(block: RowBlock, expectations: Sequence[Expectation], limit: int) -> list[tuple[int, list[int]]]:
    """For each expectation, the number of rows that fail it and the positions of the first ones."""
    frame = block.read()
    results = []
    for expectation in expectations:
        failing = _FAILING[expectation.name](frame[expectation.columns[0]], dict(expectation.arguments))
        first = frame.index[np.flatnonzero(failing)[:limit]]
        results.append((int(failing.sum()), [int(position) for position in first]))
    return results


def _merge(blocks: Iterable[list[tuple[int, list[int]]]], expectations: int, limit: int) -> list[tuple[int, list[int]]]:
    counts = [0] * expectations
    first: list[list[int]] = [[] for _ in range(expectations)]
    for block in blocks:
        for number, (count, positions) in enumerate(block):
            counts[number] += count
            first[number] = (first[number] + positions)[:limit]
    return list(zip(counts, first, strict=True))


def _record(rows: Rows, expectation: Expectation, found: tuple[int, list[int]] | None) -> CheckRecord:
    record = CheckRecord(expectation=expectation.name, arguments=to_json_value(expectation.arguments), passed=False)
    if expectation.name == "expect_table_columns_to_match_set":
        return record.model_copy(update=_compare_columns(rows.columns, expectation.arguments["column_set"]))
    [name] = expectation.columns
    if found is None:
        return record.model_copy(update={"problem": f"column {name!r} does not exist"})
    count, positions = found
    observed = PRIVATE if name in rows.private else None
    examples = example_rows(rows, positions, [name])
    update = {"passed": not count, "observed": observed, "unexpected": count, "examples": examples}
    return record.model_copy(update=update)


def _compare_columns(found: Sequence[str], expected: Sequence[str]) -> dict[str, Any]:
    kinds = {
        "missing": sorted(set(expected) - set(found)),
        "unexpected": sorted(set(found) - set(expected)),
    }
    problems = [f"{kind} {format_examples(map(repr, names))}" for kind, names in kinds.items() if names]
    return {"passed": not problems, "observed": sorted(set(found)), "problem": "; ".join(problems) or None}
