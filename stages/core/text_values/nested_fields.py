"""Values in nested objects as columns of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from stages.core.errors import UserError


class _Absent:
    """In place of the value of a key that a line does not have."""


ABSENT: Final = _Absent()


class NestedFields:
    """`paths` has the keys that lead to the value of each column."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.paths = {column: path.split(".") for column, path in fields.items()}
        self._objects = {path[0] for path in self.paths.values()}

    def flatten(self, record: Mapping[str, Any], line: int) -> dict[str, Any]:
        """The record with the fields as columns, and without the objects that they are in.

        >>> NestedFields({"price": "item.price"}).flatten({"id": 1, "item": {"price": 2.5, "name": "x"}}, 1)
        {'id': 1, 'price': 2.5}
        """
        flat = {key: value for key, value in record.items() if key not in self._objects}
        for column, path in self.paths.items():
            if column in flat:
                raise UserError(f"line {line}: {column!r} is a key too; choose another name in format.fields")
            if (value := _follow(record, path, line)) is not ABSENT:
                flat[column] = value
        return flat


def _follow(record: Mapping[str, Any], path: Sequence[str], line: int) -> Any:
    """The value at the end of the path. It is absent if an object on the way is absent or null."""
    value: Any = record
    for depth, key in enumerate(path):
        if value is None:
            return ABSENT
        if not isinstance(value, dict):
            raise UserError(
                f"line {line}: {'.'.join(path[:depth])} is not an object, so format.fields finds no {key} in it"
            )
        value = value.get(key, ABSENT)
        if value is ABSENT:
            return ABSENT
    return value
