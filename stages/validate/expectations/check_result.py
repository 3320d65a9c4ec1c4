"""One thing that was expected, and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from stages.core.errors import format_examples
from stages.core.runtime.atomic_write import round_significant
from stages.validate.all_rows import Rows
from stages.validate.expectations.expectation_names import columns_read

DIGITS = 12
LONGEST = 60


@dataclass(frozen=True)
class Expected:
    """One of Great Expectations' expectations with its arguments, as conf/ has them."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def columns(self) -> list[str]:
        return columns_read(self.name, self.arguments)


@dataclass(frozen=True)
class Outcome:
    """`rows` are the first offending ones by position; `problem` says in words what they cannot."""

    expectation: str
    arguments: Mapping[str, Any]
    passed: bool
    observed: Any = None
    unexpected: int = 0
    rows: Sequence[int] = ()
    columns: Sequence[str] = ()
    problem: str | None = None


def record(outcome: Outcome, rows: Rows) -> dict[str, Any]:
    return {
        "expectation": outcome.expectation,
        "arguments": plain(outcome.arguments),
        "passed": outcome.passed,
        "observed": _rounded(plain(outcome.observed)),
        "unexpected": outcome.unexpected,
        "examples": [_example(outcome, rows, row) for row in outcome.rows],
        "problem": outcome.problem,
    }


def sentence(outcome: Outcome, rows: Rows) -> str:
    """What was expected, and the first rows, the figure or the problem that speak against it."""
    said = f"({_short(plain(outcome.arguments))})" if outcome.arguments else ""
    return f"{outcome.expectation}{said}: {_finding(outcome, rows)}"


def _finding(outcome: Outcome, rows: Rows) -> str:
    if outcome.problem is not None:
        return outcome.problem
    if not outcome.rows:
        return f"found {_short(_rounded(plain(outcome.observed)))}"
    shown = [_example(outcome, rows, row) for row in outcome.rows]
    told = ", ".join(f"row {e['row']} of {e['split']} ({_short(e['value'])})" for e in shown)
    return f"{outcome.unexpected} of {len(rows.frame)} rows, first {told}"


def _example(outcome: Outcome, rows: Rows, row: int) -> dict[str, Any]:
    values = {column: plain(rows.frame[column].iloc[row]) for column in outcome.columns}
    return {**rows.written(row), "value": next(iter(values.values())) if len(values) == 1 else values}


def plain(value: Any) -> Any:
    """What JSON can hold: missing is null, an infinity its name, a time its ISO text.

    >>> plain({"a": np.float64("nan"), "b": [pd.Timestamp("2020-01-02"), float("-inf")]})
    {'a': None, 'b': ['2020-01-02T00:00:00', '-inf']}
    """
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(pd.Timestamp(value) if isinstance(value, np.datetime64) else value.item())
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value)
    return value if isinstance(value, bool | int | float | str) else str(value)


def _rounded(value: Any) -> Any:
    """A mean's last bits belong to the machine."""
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return round_significant(value, DIGITS) if isinstance(value, float) else value


def _short(value: Any) -> str:
    """
    >>> _short({"set": ["a"] * 7, "value": None})
    'set: [a, a, a, a, a and 2 more], value: nothing'
    """
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_short(v)}" for name, v in value.items())
    if isinstance(value, list):
        return f"[{format_examples(map(_short, value))}]"
    text = "nothing" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
