"""Which parameters differ between two values, by their full names."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from stages.cli.explain.explanation import ValueChange
from stages.core.paths import DATASET_PARAMS, PARAMS

_ABSENT = object()


def changed_values(file: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ValueChange]:
    """`old` and `new` are the values of the same parameters in a file; a parameter may be in one of them only.

    >>> changed_values("data/guard/params/iris.json", {"train": {"epochs": 20}}, {"train": {"epochs": 50}})[0].name
    'datasets.iris.train.epochs'
    """
    prefix = _prefix(PurePosixPath(file))
    changes = [change for name in dict.fromkeys([*old, *new]) for change in _compare(name, old, new)]
    return [change.model_copy(update={"name": prefix + change.name}) for change in changes]


def _prefix(file: PurePosixPath) -> str:
    if file.parent == PurePosixPath(DATASET_PARAMS):
        return f"datasets.{file.stem}."
    return "" if file == PurePosixPath(PARAMS) else f"{file}: "


def _compare(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ValueChange]:
    return list(_changes(name, old.get(name, _ABSENT), new.get(name, _ABSENT)))


def _changes(name: str, old: Any, new: Any) -> Iterator[ValueChange]:
    """Mappings are compared key by key, and lists of mappings element by element."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _changes(f"{name}.{key}", old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif _are_lists_of_mappings(old, new):
        for index in range(max(len(old), len(new))):
            yield from _changes(f"{name}[{index}]", _item(old, index), _item(new, index))
    elif old != new:
        yield ValueChange(
            name=name,
            old=None if old is _ABSENT else old,
            new=None if new is _ABSENT else new,
            old_set=old is not _ABSENT,
            new_set=new is not _ABSENT,
        )


def _are_lists_of_mappings(*values: Any) -> bool:
    return all(isinstance(value, list) and all(isinstance(each, Mapping) for each in value) for value in values)


def _item(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _ABSENT
