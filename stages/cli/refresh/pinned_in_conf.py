"""The files of conf/ that hold the hashes of a source, and their text with the hashes of the present data.

Only the hashes and sizes change, so that the comments and the layout of a file stay.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from stages.cli.datasets.suite_files import dataset_files, included_files
from stages.config.compose_conf import Composition
from stages.config.source_lines import find_key, parse_yaml, walk_nodes
from stages.core.errors import UserError, format_examples
from stages.core.parameters.validation_errors import Keys
from stages.core.paths import CONF
from stages.download.current_hashes import CurrentFile

SIZE = "size"


def files_with_hashes(key: str, hashes: Mapping[str, str], composition: Composition, conf: Path = CONF) -> list[Path]:
    """The files in which these hashes of the dataset stand. Raises UserError for one that is put together there."""
    places = places_of_hashes(key, hashes, composition, conf)
    written = {file: _written_texts(file) for file in dict.fromkeys(places.values())}
    if composed := [digest for digest, file in places.items() if digest not in written[file]]:
        names = format_examples(f"{places[digest]} ({digest[:12]}...)" for digest in composed)
        raise UserError(f"{names}: the hash is not written out there, so that it cannot be replaced; edit it by hand")
    return list(written)


def places_of_hashes(
    key: str, hashes: Mapping[str, str], composition: Composition, conf: Path = CONF
) -> dict[str, Path]:
    """The file from which each of these hashes gets into the parameters of the dataset."""
    section = composition.params["datasets"][key]["download"]
    found = ((value, keys) for keys, value in _texts(section, ("datasets", key, "download")) if value in hashes)
    return {digest: Path(find_key(keys, composition.choices, conf).partition(":")[0]) for digest, keys in found}


def other_datasets(
    key: str, hashes: Mapping[str, str], files: list[Path], composition: Composition, conf: Path = CONF
) -> list[str]:
    """The other datasets that get other data too, since they read one of the files: those of the suite, then others."""
    in_suite = composition.params["datasets"]
    affected = [
        other
        for other in in_suite
        if other != key and set(places_of_hashes(other, hashes, composition, conf).values()) & set(files)
    ]
    return affected + [
        name
        for name, file in dataset_files(conf).items()
        if name not in in_suite and {file, *included_files(file, conf)} & set(files)
    ]


def with_current(file: Path, hashes: Mapping[str, str], sizes: Mapping[str, tuple[int, int]]) -> str:
    """The text of the file with the present hash in place of each pinned one.

    `sizes` are the size in conf and the present one, by the pinned hash: the key `size` beside it changes too.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        text = opened.read()
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    # From the end, so that the places before it stay. An alias leads to the same place twice.
    for start, end, value in sorted(set(_replacements(node, hashes, sizes)), reverse=True):
        text = text[:start] + value + text[end:]
    return text


def sizes_of(files: Mapping[str, CurrentFile]) -> dict[str, tuple[int, int]]:
    """The sizes by the pinned hash of the same file."""
    return {next(iter(file.hashes)): file.size for file in files.values() if file.size is not None}


def _written_texts(file: Path) -> set[str]:
    """All values of the file as they are written."""
    node = parse_yaml(file) if file.is_file() else None
    return {each.value for each in walk_nodes(node) if isinstance(each, yaml.ScalarNode)}


def _texts(content: Any, keys: Keys) -> Iterator[tuple[Keys, str]]:
    """All texts among nested values, each with the keys that lead to it."""
    if isinstance(content, str):
        yield keys, content
    elif isinstance(content, dict | list):
        for name, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from _texts(value, (*keys, name))


def _replacements(
    node: yaml.Node | None, hashes: Mapping[str, str], sizes: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[int, int, str]]:
    """Where a value begins and ends in the text, and what is written there; quotes stay."""
    match node:
        case yaml.ScalarNode() if node.value in hashes:
            yield _replacement(node, hashes[node.value])
        case yaml.SequenceNode():
            for child in node.value:
                yield from _replacements(child, hashes, sizes)
        case yaml.MappingNode():
            pinned = [child.value for _, child in node.value if isinstance(child, yaml.ScalarNode)]
            found = next((sizes[value] for value in pinned if value in sizes), None)
            for name, child in node.value:
                if found is not None and name.value == SIZE and child.value == str(found[0]):
                    yield _replacement(child, str(found[1]))
                else:
                    yield from _replacements(child, hashes, sizes)


def _replacement(node: yaml.ScalarNode, value: str) -> tuple[int, int, str]:
    quotes = len(node.style or "") if node.style in ("'", '"') else 0
    return node.start_mark.index + quotes, node.end_mark.index - quotes, value
