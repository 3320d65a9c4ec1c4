"""How values are written as text, and which columns the rows of a file have."""

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError


def csv_text(value: Any) -> str:
    """
    >>> csv_text("a"), csv_text(None), csv_text(0.1), csv_text(True), csv_text([1])
    ('a', '', '0.1', 'true', '[1]')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return repr(value) if type(value) is float else json_of(value)


def json_of(value: Any) -> str:
    """A float that is no finite number, which JSON does not know, becomes null. Only a carried column can have one.

    >>> json_of({"a": float("nan"), "b": [float("inf"), 1.5]})
    '{"a": null, "b": [null, 1.5]}'
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_finite(item) for item in value]
        case dict():
            return {name: _finite(item) for name, item in value.items()}
    return value


def check_same_columns(columns: list[str], first: list[str], numbers: NDArray[np.int64]) -> None:
    """Raises UserError if a later block has other columns than the first one."""
    if columns != first:
        changed = next(iter(set(columns) ^ set(first)), columns[0])
        row = int(numbers[0]) if len(numbers) else 0
        raise UserError(f"from row {row} on the columns are not those of the rows before ({changed!r}); write .jsonl")
