"""What a stage depends on is the same at its end as at its start, or its outputs do not take their places.

DVC hashes dependencies when the stage is through: without this, an output made from the old value of something
that was edited meanwhile would be recorded with the new one (dvc#11058).
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from stages.core.dvc.pipeline_file import StageDeclaration
from stages.core.errors import UserError, format_examples
from stages.core.params import read_params
from stages.core.paths import PARAMS
from stages.core.runtime import bootstrap

IGNORED = Path(".dvcignore")
CODE = "stages"
# A file written this shortly before it is looked at can change again without its times showing it.
TOO_FRESH = 2_000_000_000


@dataclass(frozen=True)
class Look:
    """A file as it was found: what the system says of it, and its content."""

    size: int
    modified: int
    changed: int
    node: int
    at: int
    digest: bytes

    @classmethod
    def at_file(cls, path: Path) -> "Look":
        at, status = time.time_ns(), path.stat()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, at, digest)

    @property
    def latest(self) -> int:
        return max(self.modified, self.changed)

    def still_true(self, path: Path) -> bool:
        """Read again only where size, times and inode leave it open."""
        status = path.stat()
        now = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        if now == (self.size, self.modified, self.changed, self.node) and self.latest < self.at - TOO_FRESH:
            return True
        return status.st_size == self.size and Look.at_file(path).digest == self.digest


class InputSnapshot:
    """Taken at the start and checked before the outputs take their places."""

    def __init__(self, of_stage: StageDeclaration) -> None:
        self.declared = of_stage
        self.looks = {path: _first_look(path) for path in self._files()}
        self.params_look = Look.at_file(PARAMS) if of_stage.params else None
        self.params = self._slice() if of_stage.params else {}
        code = {path: look for path, look in self.looks.items() if path.parts[0] == CODE}
        _refuse([f"{path} (changed)" for path, look in code.items() if look.latest > bootstrap.PROCESS_START])

    def check(self) -> None:
        _refuse([*self._moved_files(), *self._moved_params()])

    def _files(self) -> list[Path]:
        ignored = _ignored_names()
        return sorted(file for dep in self.declared.deps for file in _files_in(dep, ignored))

    def _moved_files(self) -> Iterator[str]:
        now = set(self._files())
        for path in sorted(now | self.looks.keys()):
            if path not in now:
                yield f"{path} (gone)"
            elif path not in self.looks:
                yield f"{path} (new)"
            elif not _still_true(self.looks[path], path):
                yield f"{path} (changed)"

    def _moved_params(self) -> Iterator[str]:
        if self.params_look and not _still_true(self.params_look, PARAMS):
            now = self._slice()
            yield from (f"{PARAMS}: {name} (changed)" for name in self.params if now[name] != self.params[name])

    def _slice(self) -> dict[str, str]:
        content = read_params()
        return {name: json.dumps(_at(content, name)) for name in self.declared.params}


def _refuse(moved: list[str]) -> None:
    if moved:
        raise UserError(_moved(moved))


def _moved(files: list[str]) -> str:
    return f"inputs changed while the stage ran: {format_examples(files)}; its outputs were discarded; run it again"


def _first_look(path: Path) -> Look:
    try:
        return Look.at_file(path)
    except FileNotFoundError:
        raise UserError(_moved([f"{path} (gone)"])) from None


def _still_true(look: Look, path: Path) -> bool:
    try:
        return look.still_true(path)
    except FileNotFoundError:
        return False


def _at(content: Mapping[str, Any], name: str) -> Any:
    """
    >>> _at({"datasets": {"iris": {"train": {"epochs": 2}}}}, "datasets.iris.train.epochs")
    2
    """
    found: Any = content
    for key in name.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _ignored_names() -> list[str]:
    """Names that DVC passes over in a folder; a pattern of another kind is not known here, and more is sealed."""
    lines = IGNORED.read_text(encoding="utf-8").split() if IGNORED.exists() else []
    return [".git", ".hg", *(line.rstrip("/") for line in lines if not line.startswith(("#", "!")))]


def _files_in(dep: Path, ignored: list[str]) -> Iterator[Path]:
    if not dep.is_dir():
        if dep.exists():
            yield dep
        return
    with os.scandir(dep) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if not any(fnmatch(name, pattern) for pattern in ignored):
            yield from _files_in(dep / name, ignored)
