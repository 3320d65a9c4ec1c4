"""What a check reports: example rows, values that JSON can hold, and the message of a check that failed."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isinf
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.records.validation import CheckRecord, ExampleRow
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import format_examples
from stages.core.rounding import round_significant
from stages.validate.all_rows import Rows, describe_row, row_reference

MAX_LENGTH = 60


def example_rows(rows: Rows, positions: Sequence[int], columns: Sequence[str]) -> list[ExampleRow]:
    """The rows at these positions, with the value of the column or, if there are several columns, all their values."""
    if not positions:
        return []
    examples = []
    taken = rows.take(positions, list(dict.fromkeys(columns)))
    for number, position in enumerate(positions):
        values = {
            name: PRIVATE if name in rows.private else to_json_value(taken[name].iloc[number]) for name in columns
        }
        value = values[columns[0]] if len(columns) == 1 else values
        examples.append(ExampleRow(**dict(row_reference(rows, position)), value=value))
    return examples


def describe_failure(check: CheckRecord, row_count: int) -> str:
    """The check with its arguments, and the problem, the first rows that fail, or the observed value."""
    arguments = f"({_short_text(check.arguments)})" if check.arguments else ""
    if check.problem is not None:
        finding = check.problem
    elif check.examples:
        examples = ", ".join(f"{describe_row(row)} ({_short_text(row.value)})" for row in check.examples)
        finding = f"{check.unexpected} of {row_count} rows failed, first: {examples}"
    else:
        finding = f"observed {_short_text(check.observed)}"
    return f"{check.expectation}{arguments}: {finding}"


def to_json_value(value: Any, digits: int | None = None) -> Any:
    """The same value in types that JSON has: missing values as None, infinity by its name, times in ISO format.

    Floats are rounded to `digits` significant digits.

    >>> to_json_value({"a": np.float64("nan"), "b": [pd.Timestamp("2020-01-02"), float("-inf")]})
    {'a': None, 'b': ['2020-01-02T00:00:00', '-inf']}
    """
    if isinstance(value, Mapping):
        return {str(k): to_json_value(v, digits) for k, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [to_json_value(v, digits) for v in value]
    if isinstance(value, np.generic):
        return to_json_value(pd.Timestamp(value) if isinstance(value, np.datetime64) else value.item(), digits)
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(value) if isinf(value) else round_significant(value, digits) if digits else value
    return value if isinstance(value, bool | int | str) else str(value)


def _short_text(value: Any) -> str:
    """
    >>> _short_text({"set": ["a"] * 7, "value": None})
    'set: [a, a, a, a, a and 2 more], value: nothing'
    """
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_short_text(v)}" for name, v in value.items())
    if isinstance(value, list):
        return f"[{format_examples(map(_short_text, value))}]"
    text = "nothing" if value is None else str(value)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 3] + "..."
