"""The first difference between two texts, or between two JSON documents."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from stages.core.parameters.validation_errors import Keys, dotted_path, format_value

# Characters shown before and after the first that differs: a line can contain a whole image.
BEFORE, AFTER = 20, 40
_ABSENT = object()


def missing_message(*, is_recorded: bool) -> str:
    """The message for a file, key, line or weight that only one side has."""
    return "recorded, but missing" if is_recorded else "not recorded"


def common_length(a: Sequence[object], b: Sequence[object]) -> int:
    """
    >>> common_length("abc", "abd"), common_length(b"ab", b"abc")
    (2, 2)
    """
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def json_difference(recorded: Any, new: Any) -> str | None:
    """
    >>> json_difference({"a": [1, 2]}, {"a": [1, 3], "b": 0})
    'a[1]: 3, recorded 2; 1 more value differs'
    """
    found = list(_value_differences(recorded, new, ()))
    if len(found) < 2:
        return found[0] if found else None
    more = len(found) - 1
    return f"{found[0]}; {more} more value{'s differ' if more > 1 else ' differs'}"


def _value_differences(recorded: Any, new: Any, path: Keys) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(new, dict):
        for key in sorted(recorded | new):
            yield from _value_differences(recorded.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
    elif isinstance(recorded, list) and isinstance(new, list):
        for index, (recorded_item, new_item) in enumerate(zip_longest(recorded, new, fillvalue=_ABSENT)):
            yield from _value_differences(recorded_item, new_item, (*path, index))
    elif recorded is _ABSENT or new is _ABSENT:
        value = new if recorded is _ABSENT else recorded
        yield f"{dotted_path(path)}: {format_value(value)} {missing_message(is_recorded=new is _ABSENT)}"
    elif repr(recorded) != repr(new):
        yield f"{dotted_path(path) or 'document'}: {format_value(new)}, recorded {format_value(recorded)}"


def text_difference(recorded: Iterable[str], new: Iterable[str]) -> str | None:
    """
    >>> text_difference(["same", "one"], ["same", "two"])
    "line 2: 'two', recorded 'one'"
    """
    for number, (recorded_line, new_line) in enumerate(zip_longest(recorded, new), 1):
        if recorded_line is None or new_line is None:
            return f"line {number}: {missing_message(is_recorded=new_line is None)}"
        if recorded_line != new_line:
            start = max(0, common_length(recorded_line, new_line) - BEFORE)
            return f"line {number}: {_excerpt(new_line, start)}, recorded {_excerpt(recorded_line, start)}"
    return None


def _excerpt(line: str, start: int) -> str:
    return repr(("..." if start else "") + line[start : start + BEFORE + AFTER])
