"""The first place in which two texts, or two JSON documents, differ."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from stages.core.validation_errors import Keys, dotted_path, format_value

BEFORE, AFTER = 20, 40
_ABSENT = object()


def json_difference(recorded: Any, made: Any) -> str | None:
    """
    >>> json_difference({"a": [1, 2]}, {"a": [1, 3], "b": 0})
    'a[1]: 3, recorded 2; 1 more value differs'
    """
    found = list(_values(recorded, made, ()))
    if not found:
        return None
    more = len(found) - 1
    rest = f"; {more} more value{'s differ' if more > 1 else ' differs'}" if more else ""
    return found[0] + rest


def _values(recorded: Any, made: Any, at: Keys) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(made, dict):
        for key in sorted({*recorded, *made}):
            yield from _values(recorded.get(key, _ABSENT), made.get(key, _ABSENT), (*at, key))
    elif isinstance(recorded, list) and isinstance(made, list):
        for number, (a, b) in enumerate(zip_longest(recorded, made, fillvalue=_ABSENT)):
            yield from _values(a, b, (*at, number))
    elif made is _ABSENT:
        yield f"{dotted_path(at)}: recorded {format_value(recorded)}, but not made"
    elif recorded is _ABSENT:
        yield f"{dotted_path(at)}: {format_value(made)}, not recorded"
    elif repr(recorded) != repr(made):
        yield f"{dotted_path(at) or 'all of it'}: {format_value(made)}, recorded {format_value(recorded)}"


def text_difference(recorded: Iterable[str], made: Iterable[str]) -> str | None:
    """
    >>> text_difference(["same", "one"], ["same", "two"])
    "line 2: 'two', recorded 'one'"
    """
    for number, (a, b) in enumerate(zip_longest(recorded, made), 1):
        if a is None or b is None:
            return f"line {number}: {'not recorded' if a is None else 'recorded, but not made'}"
        if a != b:
            return f"line {number}: {_around(b, a)}, recorded {_around(a, b)}"
    return None


def _around(line: str, other: str) -> str:
    """Lines can be long, with whole pictures in them: what stands about the first letter that differs."""
    at = next((n for n, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), min(len(line), len(other)))
    start = max(0, at - BEFORE)
    return repr(("..." if start else "") + line[start : at + AFTER])
