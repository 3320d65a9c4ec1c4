"""Finds the file and line in conf/ that a composed key, a word or a YAML node comes from."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from stages.core.parameters.validation_errors import Keys


class ComposedFile(NamedTuple):
    """A file of conf/, and the keys under which its content is in the composition."""

    path: Path
    keys: Keys


def find_key(keys: Keys, choices: Mapping[str, str], conf: Path) -> str:
    """`conf/dataset/iris.yaml:12`, or where the nearest parent key is if the key itself is in no file.

    local.yaml overrides a suite, and a suite overrides the files of its datasets; they are searched in this order.
    """
    local = [ComposedFile(conf / "local.yaml", ())]
    files = _composed_files(choices, conf)
    top_level = [file for file in files if not file.keys]
    nested = [file for file in files if file.keys]
    found = _find_in(keys, local) or _find_in(keys, top_level, values_only=True) or _find_in(keys, nested + top_level)
    parents = (keys[:length] for length in range(len(keys) - 1, 0, -1))
    nearest = (_find_in(parent, nested + top_level + local) for parent in parents)
    return found or next(filter(None, nearest), str(conf))


def find_word(word: str, files: Iterable[Path], after: str = "") -> str | None:
    """The first file and line with the word, on the same line as and behind the word `after` if that is given."""
    return next(find_words(word, files, after), None)


def find_words(word: str, files: Iterable[Path], after: str = "") -> Iterator[str]:
    """Each file and line with the word."""
    pattern = re.compile(".*".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in (after, word) if each))
    comment = re.compile(r"\s*#")
    for file in (file for file in files if file.is_file()):
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line) and not comment.match(line):
                yield f"{file}:{number}"


def find_node(select: Callable[[yaml.Node], yaml.Node | None], files: Iterable[Path]) -> str | None:
    """The first file and line with a node that `select` returns."""
    for file in files:
        for node in walk_nodes(parse_yaml(file)):
            if selected := select(node):
                return f"{file}:{selected.start_mark.line + 1}"
    return None


def parse_yaml(file: Path) -> yaml.Node | None:
    return _parse_text(file.read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def _parse_text(text: str) -> yaml.Node | None:
    """Each of many mistakes is searched in the same files."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def walk_nodes(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """The node and all nodes below it."""
    if node is None:
        return
    yield node
    if isinstance(node, yaml.CollectionNode):
        for entry in node.value:
            for child in entry if isinstance(entry, tuple) else (entry,):
                yield from walk_nodes(child)


def _composed_files(choices: Mapping[str, str], conf: Path) -> list[ComposedFile]:
    """The chosen files, the outermost first, since a dataset overrides the groups that it includes."""
    files = []
    for choice, name in choices.items():
        group, _, keys = choice.partition("@")
        files.append(ComposedFile(conf / group / f"{name}.yaml", tuple(keys.split(".")) if keys else ()))
    return [*sorted(files, key=lambda file: len(file.keys)), ComposedFile(conf / "config.yaml", ())]


def _find_in(keys: Keys, files: Iterable[ComposedFile], values_only: bool = False) -> str | None:
    """The first of the files with this key, and the line. A file that is the value of the key has no line.

    A mapping does not replace the mapping of another file but is merged with it; `values_only` skips mappings.
    """
    for file in files:
        depth = len(file.keys)
        if keys[:depth] == file.keys and file.path.is_file():
            line = _line_of(keys[depth:], file.path, values_only)
            if line or keys == file.keys:
                return f"{file.path}:{line}" if line else str(file.path)
    return None


def _line_of(keys: Keys, file: Path, values_only: bool) -> int:
    """The line of the key, counted from 1; 0 if it is not in the file."""
    node, line = parse_yaml(file), 0
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pairs = {name.value: (name, value) for name, value in node.value}
            if str(key) not in pairs:
                return 0
            name, node = pairs[str(key)]
            line = name.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            return 0
    return 0 if values_only and isinstance(node, yaml.MappingNode) else line
