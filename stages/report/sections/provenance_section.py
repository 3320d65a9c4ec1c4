"""What the result came from: parameters, layers, versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stages.report.format_text import NOTHING, count
from stages.report.read_results import Record

STAGES = ("download", "validate", "preprocess", "train", "evaluate", "report")


@dataclass(frozen=True)
class Setting:
    depth: int
    name: str
    value: str


@dataclass(frozen=True)
class Layer:
    name: str
    kind: str
    output: str
    parameters: int
    formula: str


@dataclass(frozen=True)
class Layers:
    rows: list[Layer]
    formulas: bool
    total: int
    sentence: str


@dataclass(frozen=True)
class Version:
    library: str
    version: str
    users: str


def parameters(section: Mapping[str, Any]) -> list[tuple[str, list[Setting]]]:
    """Stage by stage in the order they run, then whatever else there is."""
    names = [n for n in STAGES if n in section] + sorted(n for n in section if n not in STAGES)
    return [(name, list(settings(section[name]))) for name in names]


def settings(value: Any, depth: int = 0) -> Iterator[Setting]:
    """
    >>> [(s.depth, s.name, s.value) for s in settings({"model": {"units": [8, 3]}, "epochs": 20})]
    [(0, 'epochs', '20'), (0, 'model', ''), (1, 'units', '8, 3')]
    """
    if isinstance(value, Mapping):
        for name in sorted(value):
            yield from _setting(str(name), value[name], depth)
    elif isinstance(value, list):
        for place, item in enumerate(value, start=1):
            yield from _item(place, item, depth)
    else:
        yield Setting(depth, "", plain(value))


def _setting(name: str, value: Any, depth: int) -> Iterator[Setting]:
    if _nested(value):
        yield Setting(depth, name, "")
        yield from settings(value, depth + 1)
    else:
        yield Setting(depth, name, plain(value))


def _item(place: int, item: Any, depth: int) -> Iterator[Setting]:
    """An entry of a list; one that is a single named thing goes by that name."""
    if isinstance(item, Mapping) and len(item) == 1:
        yield from settings(item, depth)
    else:
        yield from _setting(f"{place}.", item, depth)


def _nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)


def plain(value: Any) -> str:
    """
    >>> plain(True), plain([1, 2]), plain(0.001)
    ('yes', '1, 2', '0.001')
    """
    if value is None or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(plain, value)) if isinstance(value, list) else str(value)


def layers(training: Record) -> Layers:
    rows = [
        Layer(entry["name"], entry["kind"], entry["output"], entry["parameters"], entry.get("formula", ""))
        for entry in training["layers"]
    ]
    return Layers(rows, any(row.formula for row in rows), training["parameters"], layers_sentence(training))


def layers_sentence(training: Record) -> str:
    """
    >>> layers_sentence({"layers": [{}], "parameters": 10, "trainable": 8})
    '1 layer, 10 parameters, 8 of them learned.'
    """
    total, learned = training["parameters"], training["trainable"]
    all_of_them = "all of them" if learned == total else f"{learned:,} of them"
    return f"{count(len(training['layers']), 'layer')}, {count(total, 'parameter')}, {all_of_them} learned."


def versions(**stages: Record) -> list[Version]:
    """One line a library; a library in two versions has two.

    >>> versions(train={"numpy": "2.4"}, preprocess={"numpy": "2.4"})
    [Version(library='numpy', version='2.4', users='preprocess, train')]
    """
    users: dict[tuple[str, str], list[str]] = {}
    for stage in (s for s in STAGES if s in stages):
        for library, version in stages[stage].items():
            users.setdefault((library, version), []).append(stage)
    return [Version(library, version, ", ".join(users[library, version])) for library, version in sorted(users)]
