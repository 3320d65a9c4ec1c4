"""Which file in conf/ a composed key comes from, so that a mistake can be told where it was made."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from stages.core.params import Keys


def origin(keys: Keys, choices: Mapping[str, str], conf: Path) -> str:
    """`conf/dataset/iris.yaml:12`, or the file of the dataset when the key stands in none."""
    candidates = _candidates(keys, choices, conf)
    for file, rest in candidates:
        line = _line(file, rest)
        if line:
            return f"{file}:{line}"
    return str(candidates[0][0]) if candidates else str(conf)


def _candidates(keys: Keys, choices: Mapping[str, str], conf: Path) -> list[tuple[Path, Keys]]:
    """Files whose place leads to the key, the outermost first: a dataset's own file overrides its groups."""
    found = []
    for choice, name in choices.items():
        group, _, place = choice.partition("@")
        at = tuple(place.split(".")) if place else ()
        file = conf / group / f"{name}.yaml"
        if place and keys[: len(at)] == at and file.is_file():
            found.append((file, keys[len(at) :]))
    return sorted(found, key=lambda f: -len(f[1])) + [(conf / "local.yaml", keys)] * (conf / "local.yaml").is_file()


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
