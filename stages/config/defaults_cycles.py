"""A defaults list that leads back to its own file, which no composition would ever come to the end of."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from stages.config.source_lines import place_of

KEYWORD = re.compile(r"^(override|optional) +")


def circle(conf: Path) -> str | None:
    """The first file and line from which a way leads back to the file."""
    for file in sorted(conf.rglob("*.yaml")):
        for named in _named(file, conf):
            if file in _reached(named, conf):
                return place_of(named.stem, [file]) or str(file)
    return None


def _reached(file: Path, conf: Path) -> set[Path]:
    """The file and all that it leads to."""
    reached, waiting = set(), [file]
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += _named(file, conf)
    return reached


def _named(file: Path, conf: Path) -> Iterator[Path]:
    """The files in its defaults list, as far as it is one."""
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if file.is_file() else None
    entries = content.get("defaults") if isinstance(content, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        group, name = next(iter(entry.items()), ("", "")) if isinstance(entry, dict) else ("", entry)
        path = "/".join(filter(None, (KEYWORD.sub("", str(group)).partition("@")[0], str(name).partition("@")[0])))
        above = conf if path.startswith("/") else file.parent
        yield above / f"{path.strip('/').removesuffix('.yaml')}.yaml"
