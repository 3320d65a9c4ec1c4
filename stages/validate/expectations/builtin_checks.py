"""Checks of every dataset that Great Expectations does not have."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.records.validation import CheckRecord
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.errors import MAX_EXAMPLES, UserError, format_examples
from stages.validate.all_rows import RowBlock, Rows, read_blocks, split_numbers
from stages.validate.expectations.check_results import example_rows
from stages.validate.params import Validate
from stages.validate.typed_blocks import StoredRows
from stages.validate.value_kind import value_kind

# By split, the kind of each column by its name.
Schemas = Mapping[str, Mapping[str, str]]


def run_builtin_checks(raw: RawData, rows: Rows, params: Validate) -> list[CheckRecord]:
    checks = [
        check_split_sizes(rows.split_sizes),
        check_equal_schemas(rows.kinds if isinstance(rows, StoredRows) else split_schemas(raw)),
        check_finite_numbers(rows, params.max_examples),
    ]
    if params.longest_gap is not None:
        checks.append(check_time_gaps(raw, rows, params.longest_gap, params.max_examples))
    return checks


def check_split_sizes(sizes: Mapping[str, int]) -> CheckRecord:
    """A split without rows would pass every other check."""
    empty = [split for split, size in sizes.items() if not size]
    return CheckRecord(
        expectation="every_split_has_rows",
        arguments={},
        passed=not empty,
        observed=dict(sizes),
        problem=f"split {format_examples(empty)} has no rows" if empty else None,
    )


def check_equal_schemas(schemas: Schemas) -> CheckRecord:
    """All splits must have the columns and kinds of the first split. A column without values ("") has every kind."""

    def describe_kind(split: str, name: str) -> str:
        if name not in schemas[split]:
            return "not at all"
        return f"as {schemas[split][name]}" if schemas[split][name] else "without a value"

    first, *others = schemas
    differences = []
    for other in others:
        for name in sorted(schemas[first].keys() | schemas[other].keys()):
            one, two = schemas[first].get(name), schemas[other].get(name)
            if None in (one, two) or (one != two and "" not in (one, two)):
                received, expected = describe_kind(other, name), describe_kind(first, name)
                differences.append(f"split {other} has {name} {received}, {first} has it {expected}")
    return CheckRecord(
        expectation="splits_are_alike",
        arguments={},
        passed=not differences,
        unexpected=len(differences),
        problem="; ".join(differences[:MAX_EXAMPLES]) or None,
    )


def split_schemas(raw: RawData) -> Schemas:
    match raw:
        case Images():
            return {split: {"images": f"{a.dtype} {list(a.shape[1:])}"} for split, a in raw.images.items()}
        case Tokens():
            return {split: {"ids": str(ids.dtype)} for split, ids in raw.ids.items()}
        case Table():
            frames = raw.frames.items()
            return {split: {str(name): value_kind(frame[name]) for name in frame} for split, frame in frames}


def check_finite_numbers(rows: Rows, limit: int) -> CheckRecord:
    """An infinite value passes a range check that has no limit on its side."""
    count, first = 0, list[int]()
    infinite = set[Any]()
    for found in map_blocks(infinite_numbers, rows.blocks):
        infinite |= found.keys()
        if found:
            positions = np.unique(np.concatenate(list(found.values())))
            count += len(positions)
            first = [*first, *positions[:limit].tolist()][:limit]
    columns = [str(name) for name in rows.columns if name in infinite]
    return CheckRecord(
        expectation="every_number_is_finite",
        arguments={"columns": columns} if columns else {},
        passed=not columns,
        unexpected=count,
        examples=example_rows(rows, first, columns),
    )


def infinite_numbers(block: RowBlock) -> dict[Any, NDArray[np.int64]]:
    """The positions of infinite values in each column that has them."""
    floats = block.read().select_dtypes("floating")
    masks = {name: np.isinf(floats[name].to_numpy()) for name in floats}
    return {name: floats.index.to_numpy()[mask] for name, mask in masks.items() if mask.any()}


def check_time_gaps(raw: RawData, rows: Rows, longest_gap: float, limit: int) -> CheckRecord:
    """Each row of a series must be at most `longest_gap` days after the row before it in its split."""
    if not isinstance(raw, Table) or raw.time is None:
        raise UserError("validate.longest_gap: for a series with a time column only; remove it")
    count, first = 0, list[int]()
    last: pd.Series | None = None
    for frame in read_blocks(rows, [raw.time]):
        times = frame[raw.time] if last is None else pd.concat([last, frame[raw.time]])
        splits = split_numbers(rows, times.index.to_numpy())
        gaps = times.index[times.groupby(splits).diff() > pd.Timedelta(days=longest_gap)]
        count += len(gaps)
        first = [*first, *(int(position) for position in gaps[:limit])][:limit]
        last = frame[raw.time].iloc[-1:]
    return CheckRecord(
        expectation="no_gap_is_longer",
        arguments={"column": raw.time, "days": longest_gap},
        passed=not count,
        unexpected=count,
        examples=example_rows(rows, first, [raw.time]),
    )
