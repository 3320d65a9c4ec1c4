"""Checks that conf/ composes to the applied values, and to nothing else that is new in the dataset."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages.config.compose_conf import Composition, compose
from stages.config.source_lines import find_key
from stages.core.errors import ErrorList
from stages.core.parameters.validation_errors import Keys, dotted_path, format_value
from stages.core.paths import CONF

_ABSENT = object()


def check_applied(key: str, wanted: Mapping[str, Any], file: Path) -> Composition:
    """Compose conf/, whose `file` was changed. Raises UserError that says where another value is set."""
    composition, errors = compose(), ErrorList()
    for keys, expected, found in differences(wanted, composition.params["datasets"][key]):
        where = find_key(("datasets", key, *keys), composition.choices, CONF)
        errors.add(_message(where, file, keys, expected, found))
    errors.raise_if_any()
    return composition


def _message(where: str, file: Path, keys: Keys, expected: Any, found: Any) -> str:
    path = dotted_path(keys)
    if expected is _ABSENT:
        return (
            f"{where}: {path}: {format_value(found)} is added to the mapping in {file}, and the best trial has no such "
            "key; remove it here, or apply the values by hand"
        )
    if found is _ABSENT:
        return f"{where}: {path}: did not get {format_value(expected)}; write it there by hand"
    return (
        f"{where}: {path}: {format_value(found)} is used instead of the value in {file}; write "
        f"{format_value(expected)} here, or remove the key here and apply again"
    )


def differences(wanted: Any, found: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any, Any]]:
    """The keys at which two mappings differ, and both values.

    >>> list(differences({"a": {"b": 1, "c": [2]}}, {"a": {"b": 1, "c": [3]}}))
    [(('a', 'c'), [2], [3])]
    """
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name in dict.fromkeys([*wanted, *found]):
            yield from differences(wanted.get(name, _ABSENT), found.get(name, _ABSENT), (*keys, name))
    elif wanted != found:
        yield keys, wanted, found
