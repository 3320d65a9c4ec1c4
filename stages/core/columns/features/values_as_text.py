"""Values of a table as text, the same whether a file wrote a whole number as 3 or as 3.0."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBER = re.compile(r"\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*")


def value_text(value: Any) -> str:
    """
    >>> value_text(3.0), value_text(2.5), value_text(True), value_text("Yes")
    ('3', '2.5', 'true', 'Yes')
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def number_or_none(text: str) -> float | None:
    """Return the number that the text writes. Python would also read 1_000, and digits of other scripts.

    >>> number_or_none(" -1.5e3 "), number_or_none("1_000"), number_or_none("inf")
    (-1500.0, None, None)
    """
    return float(text) if NUMBER.fullmatch(text) else None


def convert_different_values(
    values: NDArray[Any], convert: Callable[[str], Any], dtype: Any, default: Any
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Convert the text of each different value once. Return the converted values, and where `convert` gave None.

    >>> convert_different_values(np.array(["a", "bb", "a"], object), {"a": 1}.get, np.int64, 0)
    (array([1, 0, 1]), array([False,  True, False]))
    """
    found, position = different_values(values)
    converted = [convert(value_text(value)) for value in found]
    failed = np.array([value is None for value in converted], np.bool_)
    array = np.array([default if value is None else value for value in converted], dtype)
    return array[position], failed[position]


def different_values(values: NDArray[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """Return the different values, and the position among them of each value. Of truth values, both."""
    if values.dtype.kind == "b":
        return [False, True], values.astype(np.int64)
    if values.dtype.kind != "O":
        found, position = np.unique(values, return_inverse=True)
        return found.tolist(), position
    # NumPy would sort all objects.
    number_of: dict[Any, int] = {}
    numbers = [number_of.setdefault(value, len(number_of)) for value in values.tolist()]
    return list(number_of), np.array(numbers, np.int64)
