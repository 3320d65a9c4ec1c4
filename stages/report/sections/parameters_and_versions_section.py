"""What the result was computed from: parameters, layers, versions."""

from collections.abc import Iterator, Mapping
from typing import Any

from stages.core.artefacts.records.training import TrainingRecord
from stages.report.rendering.format_text import DASH, count

STAGES = ("download", "validate", "preprocess", "train", "evaluate", "report")
# The depth of its indentation, the name and the value of a parameter. A parameter that holds others has no value.
Setting = tuple[int, str, str]


def parameters(dataset: Mapping[str, Any]) -> list[tuple[str, list[Setting]]]:
    """The settings of each stage, in the order in which the stages run."""
    names = [name for name in STAGES if name in dataset] + sorted(name for name in dataset if name not in STAGES)
    return [(name, list(settings(dataset[name]))) for name in names]


def settings(section: Mapping[str, Any] | list[Any], depth: int = 0) -> Iterator[Setting]:
    """
    >>> list(settings({"model": {"units": [8, 3]}, "epochs": 20}))
    [(0, 'epochs', '20'), (0, 'model', ''), (1, 'units', '8, 3')]
    """
    if isinstance(section, Mapping):
        entries = sorted(section.items())
    else:
        # A mapping with a single key, such as an expectation, goes by that key.
        entries = [
            next(iter(item.items())) if isinstance(item, Mapping) and len(item) == 1 else (f"{number}.", item)
            for number, item in enumerate(section, start=1)
        ]
    for name, value in entries:
        parts = value if isinstance(value, list) else [value]
        if value and any(isinstance(part, Mapping | list) for part in parts):
            yield depth, name, ""
            yield from settings(value, depth + 1)
        else:
            yield depth, name, format_setting(value)


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


def versions(**by_stage: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Each version of a library, with the stages that used it.

    >>> versions(train={"numpy": "2.4"}, preprocess={"numpy": "2.4"})
    [('numpy', '2.4', 'preprocess, train')]
    """
    users: dict[tuple[str, str], list[str]] = {}
    for stage in (stage for stage in STAGES if stage in by_stage):
        for library, version in by_stage[stage].items():
            users.setdefault((library, version), []).append(stage)
    return [(library, version, ", ".join(stages)) for (library, version), stages in sorted(users.items())]
