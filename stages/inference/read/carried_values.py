"""The columns that the model does not need, from formats that know more types than JSON."""

from collections.abc import Sequence
from typing import Any


def carried_values(values: Sequence[Any]) -> list[Any]:
    """Values that JSON knows, and texts in place of others, such as dates."""
    return [value if value is None or isinstance(value, str | int | float | bool) else str(value) for value in values]
