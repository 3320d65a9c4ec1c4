"""The part of the parameters without errors, in which checks between keys find further ones."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from stages.core.parameters.validation_errors import Keys, ParameterError


def correct_datasets(datasets: Any, errors: Iterable[ParameterError]) -> dict[str, Any]:
    """The datasets without those that have an error; a gate is left without its wrong values, since no stage reads it.

    >>> gate = {"at_least": {"accuracy": "high", "f1": 0.5}}
    >>> error = ParameterError(("datasets", "a", "evaluate", "gate", "at_least", "accuracy"), "no number")
    >>> correct_datasets({"a": {"evaluate": {"gate": gate}}, "b": {}}, [error, ParameterError(("datasets", "b"), "")])
    {'a': {'evaluate': {'gate': {'at_least': {'f1': 0.5}}}}}
    """
    left = deepcopy(datasets) if isinstance(datasets, dict) else {}
    for keys in (error.keys for error in errors):
        match keys:
            case ("datasets", key, "evaluate", "gate", *inside) if key in left:
                if not _remove(left[key]["evaluate"], ("gate", *inside)):
                    del left[key]
            case ("datasets", key, *_):
                left.pop(key, None)
    return left


def _remove(section: dict[str | int, Any], keys: Keys) -> bool:
    """Whether the value was found: of a key that is no text, an error has the text. A list is removed as a whole."""
    first, *rest = keys
    if first not in section:
        return False
    if rest and isinstance(section[first], dict):
        return _remove(section[first], tuple(rest))
    del section[first]
    return True
