"""JSON that is strict: no key twice in an object, no NaN."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from stages.core.errors import UserError

TYPES: dict[type, str] = {
    list: "an array", str: "a text", int: "a number", float: "a number", bool: "a truth value", type(None): "null",
}  # fmt: skip


def parse_object(line: str) -> dict[str, Any]:
    """Raises UserError if the line is not JSON, repeats a key, or is another value than an object."""
    value = _decode(line, lambda error: f"character {error.colno}")
    if not isinstance(value, dict):
        raise UserError(f'a JSON object is expected, such as {{"price": 1.5}}; received {TYPES[type(value)]}')
    return value


def parse_objects(text: str) -> list[dict[str, Any]]:
    """The objects of an array, or one object. Raises UserError if the text is something else."""
    value = _decode(text, lambda error: f"line {error.lineno}, character {error.colno}")
    objects = value if isinstance(value, list) else [value]
    if other := [item for item in objects if not isinstance(item, dict)]:
        within = " in an array" if isinstance(value, list) else ""
        raise UserError(f"an array of objects or one object is expected; received {TYPES[type(other[0])]}{within}")
    return objects


def _decode(text: str, place: Callable[[json.JSONDecodeError], str]) -> Any:
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{error.msg} at {place(error)}") from None
    except RecursionError:
        raise UserError("nested too deeply") from None
    except ValueError as error:  # a number with more digits than Python reads
        raise UserError(str(error).partition(";")[0]) from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise UserError(f"the key {repeated!r} occurs twice")
    return found


def _refuse_constant(name: str) -> None:
    raise UserError(f"{name} is not JSON; write null for a missing value")


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
