"""The first difference between two texts, or between two JSON documents."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from stages.core.validation_errors import Keys, dotted_path, format_value

# Characters shown before and after the first that differs: a line can contain a whole image.
BEFORE, AFTER = 20, 40
_ABSENT = object()


def missing_part(*, recorded: bool) -> str:
    """The message for a file, key, line or weight that only one side has."""
    return "recorded, but missing" if recorded else "not recorded"


def common_length(a: Sequence[object], b: Sequence[object]) -> int:
    """
    >>> common_length("abc", "abd"), common_length(b"ab", b"abc")
    (2, 2)
    """
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def json_difference(recorded: Any, rerun: Any) -> str | None:
    """
    >>> json_difference({"a": [1, 2]}, {"a": [1, 3], "b": 0})
    'a[1]: 3, recorded 2; 1 more value differs'
    """
    found = list(_value_differences(recorded, rerun, ()))
    if len(found) < 2:
        return found[0] if found else None
    more = len(found) - 1
    return f"{found[0]}; {more} more value{'s differ' if more > 1 else ' differs'}"


def _value_differences(recorded: Any, rerun: Any, path: Keys) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(rerun, dict):
        for key in sorted(recorded | rerun):
            yield from _value_differences(recorded.get(key, _ABSENT), rerun.get(key, _ABSENT), (*path, key))
    elif isinstance(recorded, list) and isinstance(rerun, list):
        for index, (a, b) in enumerate(zip_longest(recorded, rerun, fillvalue=_ABSENT)):
            yield from _value_differences(a, b, (*path, index))
    elif recorded is _ABSENT or rerun is _ABSENT:
        value = rerun if recorded is _ABSENT else recorded
        yield f"{dotted_path(path)}: {format_value(value)} {missing_part(recorded=rerun is _ABSENT)}"
    elif repr(recorded) != repr(rerun):
        yield f"{dotted_path(path) or 'document'}: {format_value(rerun)}, recorded {format_value(recorded)}"


def text_difference(recorded: Iterable[str], rerun: Iterable[str]) -> str | None:
    """
    >>> text_difference(["same", "one"], ["same", "two"])
    "line 2: 'two', recorded 'one'"
    """
    for number, (a, b) in enumerate(zip_longest(recorded, rerun), 1):
        if a is None or b is None:
            return f"line {number}: {missing_part(recorded=b is None)}"
        if a != b:
            start = max(0, common_length(a, b) - BEFORE)
            return f"line {number}: {_excerpt(b, start)}, recorded {_excerpt(a, start)}"
    return None


def _excerpt(line: str, start: int) -> str:
    return repr(("..." if start else "") + line[start : start + BEFORE + AFTER])
