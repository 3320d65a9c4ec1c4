"""Paths of parameters, such as `train.model.units[0]`, and the values at them."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from stages.core.parameters.validation_errors import Keys

_PATH = re.compile(r"[^.\[\]]+(\[\d+\]|\.[^.\[\]]+)*")
_ABSENT = object()


def is_path(text: str) -> bool:
    return _PATH.fullmatch(text) is not None


def keys_of_path(path: str) -> Keys:
    """
    >>> keys_of_path("train.model.units[0]")
    ('train', 'model', 'units', 0)
    """
    return tuple(int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"\[\d+\]|[^.\[\]]+", path))


def value_at(content: Any, path: str) -> Any:
    """Raises LookupError if there is no value at this path."""
    for key in keys_of_path(path):
        content = _child(content, key)
        if content is _ABSENT:
            raise LookupError(path)
    return content


def with_values(content: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the content with these values by their paths. Mappings on the way are made where they are missing.

    Raises LookupError for a path through a list that does not have the item, or through what is no mapping.

    >>> with_values({"train": {"epochs": 5}}, {"train.epochs": 9, "train.early_stopping.patience": 2})
    {'train': {'epochs': 9, 'early_stopping': {'patience': 2}}}
    """
    copied = deepcopy(dict(content))
    for path, value in values.items():
        *parents, last = keys_of_path(path)
        place: Any = copied
        for key in parents:
            child = _child(place, key)
            if child is _ABSENT or child is None:
                child = {}
                _put(place, key, child, path)
            place = child
        _put(place, last, deepcopy(value), path)
    return copied


def _child(content: Any, key: str | int) -> Any:
    if isinstance(content, Mapping):
        return content.get(key, _ABSENT)
    if isinstance(content, list) and isinstance(key, int) and key < len(content):
        return content[key]
    return _ABSENT


def _put(content: Any, key: str | int, value: Any, path: str) -> None:
    is_item = isinstance(content, list) and isinstance(key, int) and key < len(content)
    if not is_item and not (isinstance(content, dict) and isinstance(key, str)):
        raise LookupError(path)
    content[key] = value
