"""Which file in conf/ a composed key comes from, so that a mistake can be told where it was made."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from stages.core.problems import Keys

Placed = list[tuple[Path, Keys]]


def origin(keys: Keys, choices: Mapping[str, str], conf: Path) -> str:
    """`conf/dataset/iris.yaml:12`; where a key stands in no file, the place that it is missing from."""
    local: Placed = [(conf / "local.yaml", ())]
    chosen = _chosen(choices, conf)
    above = (_standing(keys[:end], chosen + local) for end in range(len(keys) - 1, 0, -1))
    return _standing(keys, local + chosen) or next(filter(None, above), str(conf))


def place_of(word: str, files: Iterable[Path]) -> str | None:
    """The first file and line in which a word stands."""
    whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    for file in (f for f in files if f.is_file()):
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if whole.search(line):
                return f"{file}:{number}"
    return None


def _chosen(choices: Mapping[str, str], conf: Path) -> Placed:
    """The composed files and the keys that lead to each, the outermost first: a dataset overrides its groups."""
    found: Placed = []
    for choice, name in choices.items():
        group, _, place = choice.partition("@")
        found.append((conf / group / f"{name}.yaml", tuple(place.split(".")) if place else ()))
    whole = [(file, place) for file, place in found if not place]
    return [*sorted((f for f in found if f[1]), key=lambda f: len(f[1])), *whole, (conf / "config.yaml", ())]


def _standing(keys: Keys, files: Placed) -> str | None:
    """The first of the files that has these keys, with the line; a file that lies at them has no line."""
    for file, place in files:
        if keys[: len(place)] == place and file.is_file():
            line = _line(file, keys[len(place) :])
            if line or keys == place:
                return f"{file}:{line}" if line else str(file)
    return None


def _line(file: Path, keys: Keys) -> int:
    """Where the key stands in the file, counted from 1; 0 when it does not."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 0
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pairs = {k.value: (k, v) for k, v in node.value}
            if str(key) not in pairs:
                return 0
            mark, node = pairs[str(key)]
            line = mark.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            return 0
    return line
