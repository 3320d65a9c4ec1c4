"""What is always expected and Great Expectations has no word for."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
import pandas as pd

from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.errors import format_examples
from stages.validate.all_rows import Rows
from stages.validate.expectations.check_result import Outcome

Form = dict[str, str]

_KINDS = {
    "string": "text",
    "boolean": "truth value",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime64": "time",
    "datetime": "time",
    "date": "time",
}


def soundness(raw: RawData, rows: Rows, limit: int) -> list[Outcome]:
    return [filled(rows.sizes), alike(forms(raw)), finite(rows.frame, limit)]


def filled(sizes: Mapping[str, int]) -> Outcome:
    """A split without rows would pass every other expectation."""
    empty = [split for split, size in sizes.items() if not size]
    return Outcome(
        "every_split_has_rows",
        {},
        passed=not empty,
        observed=dict(sizes),
        problem=f"split {format_examples(empty)} has no rows" if empty else None,
    )


def alike(by_split: Mapping[str, Form]) -> Outcome:
    """Splits that differ in columns or types are not parts of one dataset."""
    first, *others = by_split
    differences = [
        f"split {other} has {name} {_told(by_split[other], name)}, {first} has it {_told(by_split[first], name)}"
        for other in others
        for name in sorted(by_split[first].keys() | by_split[other].keys())
        if not _agree(by_split[first], by_split[other], name)
    ]
    problem = "; ".join(differences[:5]) if differences else None
    return Outcome("splits_are_alike", {}, passed=not differences, unexpected=len(differences), problem=problem)


def _told(form: Form, name: str) -> str:
    return "not at all" if name not in form else f"as {form[name]}" if form[name] else "without a value"


def _agree(one: Form, other: Form, name: str) -> bool:
    """A column without a single value has no kind of its own."""
    kinds = {one.get(name), other.get(name)}
    return len(kinds) == 1 or (None not in kinds and "" in kinds)


def forms(raw: RawData) -> dict[str, Form]:
    match raw:
        case Images():
            return {s: {"images": f"{a.dtype} {list(a.shape[1:])}"} for s, a in raw.images.items()}
        case Tokens():
            return {s: {"ids": str(ids.dtype)} for s, ids in raw.ids.items()}
        case Table():
            return table_forms(raw)
        case _:
            assert_never(raw)


def table_forms(table: Table) -> dict[str, Form]:
    return {split: {str(c): kind(frame[c]) for c in frame.columns} for split, frame in table.frames.items()}


def kind(column: pd.Series) -> str:
    """
    >>> kind(pd.Series(["a", None])), kind(pd.Series([1, 2])), kind(pd.Series([None, None]))
    ('text', 'number', '')
    """
    values = column.dropna()
    if not len(values):
        return ""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return kind(pd.Series(values.cat.categories))
    inferred = str(pd.api.types.infer_dtype(values))
    return _KINDS.get(inferred, inferred)


def finite(frame: pd.DataFrame, limit: int) -> Outcome:
    """An infinity lies between any bounds of which one is left open."""
    infinite = {str(c): np.isinf(frame[c].to_numpy()) for c in frame.select_dtypes("floating").columns}
    bad = {column: mask for column, mask in infinite.items() if mask.any()}
    rows = np.flatnonzero(np.logical_or.reduce(list(bad.values()))) if bad else np.empty(0, np.int64)
    return Outcome(
        "every_number_is_finite",
        {"columns": list(bad)} if bad else {},
        passed=not bad,
        unexpected=len(rows),
        rows=rows[:limit].tolist(),
        columns=list(bad),
    )
