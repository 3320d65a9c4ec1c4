"""The files of conf/suite: which datasets they name, and their text with a dataset added or removed.

Files are changed as text, so that the comments and the order that a person gave them stay.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages.config.choose_suite import chosen_suite, read_conf_file
from stages.core.errors import UserError
from stages.core.paths import CONF

_ENTRY = re.compile(r"^(\s*)- +[\"']?/dataset@datasets\.([a-z0-9_]+)[\"']? *:")
_SELF = re.compile(r"^(\s*)- +_self_\s*$")
_DATASET = "/dataset@datasets."


def suite_file(suite: str, conf: Path = CONF) -> Path:
    return conf / "suite" / f"{suite}.yaml"


def dataset_file(key: str, conf: Path = CONF) -> Path:
    return conf / "dataset" / f"{key}.yaml"


def dataset_files(conf: Path = CONF) -> dict[str, Path]:
    """The files of conf/dataset by their names."""
    return {file.stem: file for file in sorted((conf / "dataset").glob("*.yaml"))}


def own_suite(conf: Path = CONF) -> tuple[str, dict[str, str]]:
    """The suite of this clone, and the file of conf/dataset for each of its datasets."""
    suite = chosen_suite(conf)
    return suite, datasets_of(suite, conf)


def suites(conf: Path = CONF) -> dict[str, dict[str, str]]:
    """For each suite, the file of conf/dataset for each of its datasets."""
    return {file.stem: datasets_of(file.stem, conf) for file in sorted((conf / "suite").glob("*.yaml"))}


def datasets_of(suite: str, conf: Path = CONF) -> dict[str, str]:
    """Those that the file names, and those of the suites that it includes."""
    return dict(_datasets_of(suite, conf, frozenset()))


def _datasets_of(suite: str, conf: Path, including: frozenset[str]) -> Iterator[tuple[str, str]]:
    # Hydra refuses a suite that includes itself.
    if suite in including:
        return
    for entry in _defaults(read_conf_file(suite_file(suite, conf), conf)):
        if isinstance(entry, str) and entry != "_self_":
            yield from _datasets_of(entry.rpartition("/")[2], conf, including | {suite})
        elif isinstance(entry, dict):
            yield from ((k.removeprefix(_DATASET), str(v)) for k, v in entry.items() if str(k).startswith(_DATASET))


def _defaults(content: Mapping[str, Any]) -> list[Any]:
    defaults = content.get("defaults")
    return defaults if isinstance(defaults, list) else []


def named_datasets(text: str) -> list[str]:
    """The datasets that the text of a suite names itself.

    >>> named_datasets("defaults:\\n  - starter\\n  - /dataset@datasets.a: a\\n")
    ['a']
    """
    return [found[2] for line in text.splitlines() if (found := _ENTRY.match(line))]


def with_dataset(text: str, key: str) -> str:
    """The text of a suite that names the dataset after all others.

    >>> with_dataset("defaults:\\n  - /dataset@datasets.a: a\\n  - _self_\\n", "b")
    'defaults:\\n  - /dataset@datasets.a: a\\n  - /dataset@datasets.b: b\\n  - _self_\\n'
    """
    lines = text.splitlines(keepends=True)
    entries = [(i + 1, found[1]) for i, line in enumerate(lines) if (found := _ENTRY.match(line))]
    own = [(i, found[1]) for i, line in enumerate(lines) if (found := _SELF.match(line))]
    if not entries and not own:
        raise UserError(f"its defaults list has no line for a dataset; add `- {_DATASET}{key}: {key}` to it")
    position, indent = entries[-1] if entries else own[0]
    lines.insert(position, f"{indent}- {_DATASET}{key}: {key}\n")
    return "".join(lines)


def without_dataset(text: str, key: str) -> str:
    """
    >>> without_dataset("defaults:\\n  - /dataset@datasets.a: a\\n  - _self_\\n", "a")
    'defaults:\\n  - _self_\\n'
    """
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not ((found := _ENTRY.match(line)) and found[2] == key))


def files_that_build_on(key: str, conf: Path = CONF) -> list[Path]:
    """The other files of conf/dataset whose defaults include that of this dataset."""
    names = {key, f"/dataset/{key}", f"dataset/{key}"}
    others = (file for name, file in dataset_files(conf).items() if name != key)
    return [
        file
        for file in others
        if any(isinstance(entry, str) and entry in names for entry in _defaults(read_conf_file(file, conf)))
    ]


def included_files(file: Path, conf: Path = CONF) -> set[Path]:
    """The files that the defaults of a file include, directly or not."""
    found: set[Path] = set()
    _include(file, conf, found)
    return found


def _include(file: Path, conf: Path, found: set[Path]) -> None:
    for entry in _defaults(read_conf_file(file, conf)):
        for included in _files_of_entry(entry, file.parent, conf):
            if included not in found:
                found.add(included)
                _include(included, conf, found)


def _files_of_entry(entry: Any, folder: Path, conf: Path) -> list[Path]:
    """`name` is a file of the same folder, `/group@package: name` one of conf/group; `override` may stand before it."""
    if isinstance(entry, str):
        return [] if entry == "_self_" else [_conf_path(entry, folder, conf)]
    names = entry.items() if isinstance(entry, dict) else ()
    groups = ((str(group).rpartition(" ")[2].partition("@")[0], name) for group, name in names)
    return [_conf_path(f"{group}/{name}", folder, conf) for group, name in groups]


def _conf_path(name: str, folder: Path, conf: Path) -> Path:
    path = conf / name.lstrip("/") if name.startswith("/") else folder / name
    return path.with_name(f"{path.name}.yaml")
