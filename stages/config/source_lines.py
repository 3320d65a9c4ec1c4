"""Which file in conf/ a composed key comes from, so that a mistake can be told where it was made."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from stages.core.validation_errors import Keys

Placed = list[tuple[Path, Keys]]


def origin(keys: Keys, choices: Mapping[str, str], conf: Path) -> str:
    """`conf/dataset/iris.yaml:12`; where a key stands in no file, the place that it is missing from.

    What a suite says of a dataset is laid over what the dataset's file says, and the clone's own choices over that.
    """
    local: Placed = [(conf / "local.yaml", ())]
    chosen = _chosen(choices, conf)
    whole, placed = [f for f in chosen if not f[1]], [f for f in chosen if f[1]]
    above = (_standing(keys[:end], placed + whole + local) for end in range(len(keys) - 1, 0, -1))
    last_word = _standing(keys, local) or _standing(keys, whole, values_only=True) or _standing(keys, placed + whole)
    return last_word or next(filter(None, above), str(conf))


def place_of(word: str, files: Iterable[Path], after: str = "") -> str | None:
    """The first file and line in which a word stands, or one word after another."""
    pattern = ".*".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in (after, word) if each)
    whole = re.compile(pattern)
    for file in (f for f in files if f.is_file()):
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if whole.search(line):
                return f"{file}:{number}"
    return None


def where(seek: Callable[[yaml.Node], yaml.Node | None], files: Iterable[Path]) -> str | None:
    """The first file and line with what is sought."""
    for file in files:
        for node in _nodes(yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)):
            if found := seek(node):
                return f"{file}:{found.start_mark.line + 1}"
    return None


def _nodes(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if node is None:
        return
    yield node
    if isinstance(node, yaml.CollectionNode):
        for part in node.value:
            for each in part if isinstance(part, tuple) else (part,):
                yield from _nodes(each)


def _chosen(choices: Mapping[str, str], conf: Path) -> Placed:
    """The composed files and the keys that lead to each, the outermost first: a dataset overrides its groups."""
    found: Placed = []
    for choice, name in choices.items():
        group, _, place = choice.partition("@")
        found.append((conf / group / f"{name}.yaml", tuple(place.split(".")) if place else ()))
    return [*sorted(found, key=lambda f: len(f[1])), (conf / "config.yaml", ())]


def _standing(keys: Keys, files: Placed, values_only: bool = False) -> str | None:
    """The first of the files that has these keys, with the line; a file that lies at them has no line.

    Keys with values do not replace those of another file, they are laid over them; `values_only` leaves them out.
    """
    for file, place in files:
        if keys[: len(place)] == place and file.is_file():
            line = _line(file, keys[len(place) :], values_only)
            if line or keys == place:
                return f"{file}:{line}" if line else str(file)
    return None


def _line(file: Path, keys: Keys, values_only: bool) -> int:
    """Where the key stands in the file, counted from 1; 0 when it does not."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
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
    return 0 if values_only and isinstance(node, yaml.MappingNode) else line
