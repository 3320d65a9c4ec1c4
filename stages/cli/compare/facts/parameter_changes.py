"""Parameters that differ: one line for each path, lists as values."""

from collections.abc import Iterator, Mapping
from typing import Any

from stages.cli.compare.comparison import ParameterChange


def parameter_changes(base: Mapping[str, Any], head: Mapping[str, Any]) -> list[ParameterChange]:
    """In the order of head, then those that head has not. The order within a mapping does not count.

    >>> [change.name for change in parameter_changes({"train": {"epochs": 1, "batch": 8}}, {"train": {"epochs": 2}})]
    ['train.epochs', 'train.batch']
    """
    old, new = dict(_values(base)), dict(_values(head))
    return [
        ParameterChange(
            name=name,
            base=old.get(name),
            head=new.get(name),
            base_set=name in old,
            head_set=name in new,
        )
        for name in dict.fromkeys([*new, *old])
        if (name in old) != (name in new) or is_changed(old[name], new[name])
    ]


def is_changed(base: Any, head: Any) -> bool:
    """True and 1 are equal in Python, and so are 1 and 1.0, but not for a stage.

    >>> is_changed(1, True), is_changed([1.0], [1.0]), is_changed({"a": 1, "b": 2}, {"b": 2, "a": 1})
    (True, False, False)
    """
    if isinstance(base, Mapping) and isinstance(head, Mapping):
        return base.keys() != head.keys() or any(is_changed(base[name], head[name]) for name in base)
    if isinstance(base, list) and isinstance(head, list):
        return len(base) != len(head) or any(map(is_changed, base, head))
    return type(base) is not type(head) or bool(base != head)


def _values(section: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """An empty mapping is a value."""
    for name, value in section.items():
        if isinstance(value, Mapping) and value:
            yield from _values(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
