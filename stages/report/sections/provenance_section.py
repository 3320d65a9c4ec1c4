"""What the result was computed from: parameters, layers, versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.records.training import TrainingRecord
from stages.report.format_text import DASH, count

STAGES = ("download", "validate", "preprocess", "train", "evaluate", "report")


@dataclass(frozen=True)
class Setting:
    """One parameter; `depth` is its indentation. A parameter that holds others has no value."""

    depth: int
    name: str
    value: str


@dataclass(frozen=True)
class Version:
    library: str
    version: str
    stages: str


def parameters(dataset: Mapping[str, Any]) -> list[tuple[str, list[Setting]]]:
    """The settings of each stage, in the order in which the stages run."""
    names = [name for name in STAGES if name in dataset] + sorted(name for name in dataset if name not in STAGES)
    return [(name, list(settings(dataset[name]))) for name in names]


def settings(value: Any, depth: int = 0) -> Iterator[Setting]:
    """
    >>> [(s.depth, s.name, s.value) for s in settings({"model": {"units": [8, 3]}, "epochs": 20})]
    [(0, 'epochs', '20'), (0, 'model', ''), (1, 'units', '8, 3')]
    """
    if isinstance(value, Mapping):
        for name in sorted(value):
            yield from _setting(str(name), value[name], depth)
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            # A mapping with a single key, such as an expectation, goes by that key.
            is_named = isinstance(item, Mapping) and len(item) == 1
            yield from settings(item, depth) if is_named else _setting(f"{number}.", item, depth)
    else:
        yield Setting(depth, "", format_setting(value))


def _setting(name: str, value: Any, depth: int) -> Iterator[Setting]:
    if _is_nested(value):
        yield Setting(depth, name, "")
        yield from settings(value, depth + 1)
    else:
        yield Setting(depth, name, format_setting(value))


def _is_nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)


def format_setting(value: Any) -> str:
    """
    >>> format_setting(True), format_setting([1, 2]), format_setting(0.001)
    ('yes', '1, 2', '0.001')
    """
    if value is None or value == [] or value == {}:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(format_setting, value)) if isinstance(value, list) else str(value)


def layers_sentence(training: TrainingRecord) -> str:
    all_trained = training.trainable == training.parameters
    trained = "all of them are trained" if all_trained else f"{training.trainable:,} of them are trained"
    return f"{count(len(training.layers), 'layer')} with {count(training.parameters, 'parameter')}; {trained}."


def versions(**by_stage: Mapping[str, str]) -> list[Version]:
    """One entry for each version of a library, with the stages that used it.

    >>> versions(train={"numpy": "2.4"}, preprocess={"numpy": "2.4"})
    [Version(library='numpy', version='2.4', stages='preprocess, train')]
    """
    users: dict[tuple[str, str], list[str]] = {}
    for stage in (stage for stage in STAGES if stage in by_stage):
        for library, version in by_stage[stage].items():
            users.setdefault((library, version), []).append(stage)
    return [Version(library, version, ", ".join(users[library, version])) for library, version in sorted(users)]
