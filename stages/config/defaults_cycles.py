"""Finds a defaults list that includes its own file, directly or through others. Hydra would never end there."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from stages.config.source_lines import find_word

_KEYWORD = re.compile(r"^(override|optional) +")


def find_defaults_cycle(conf: Path) -> str | None:
    """The first file and line with an entry that leads back to the file."""
    for file in sorted(conf.rglob("*.yaml")):
        for included in _included_files(file, conf):
            if file in _reachable_files(included, conf):
                return find_word(included.stem, [file]) or str(file)
    return None


def _reachable_files(file: Path, conf: Path) -> set[Path]:
    """The file and all files that it includes, directly or through others."""
    reachable, waiting = set(), [file]
    while waiting:
        file = waiting.pop()
        if file not in reachable:
            reachable.add(file)
            waiting += _included_files(file, conf)
    return reachable


def _included_files(file: Path, conf: Path) -> Iterator[Path]:
    """The files in its defaults list. Whatever is not a valid entry is skipped."""
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if file.is_file() else None
    entries = content.get("defaults") if isinstance(content, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        group, name = next(iter(entry.items()), ("", "")) if isinstance(entry, dict) else ("", entry)
        parts = (_KEYWORD.sub("", str(group)).partition("@")[0], str(name).partition("@")[0])
        path = "/".join(part for part in parts if part)
        parent = conf if path.startswith("/") else file.parent
        yield parent / f"{path.strip('/').removesuffix('.yaml')}.yaml"
