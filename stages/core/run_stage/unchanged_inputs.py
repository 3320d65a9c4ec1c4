"""Detects whether the inputs of a stage change while it runs: files, folders and parameters."""

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from fnmatch import translate
from pathlib import Path
from typing import Any, NamedTuple

from stages.core.dvc.pipeline_file import DeclaredParameter, StageDeclaration
from stages.core.dvc.storage.cache import md5_of_file
from stages.core.errors import UserError, format_examples
from stages.core.parameters.read_params import read_params
from stages.core.runtime import bootstrap

DVC_IGNORE = Path(".dvcignore")
# Time stamps are coarse: a file that was modified this shortly (in ns) before it was hashed can change again without
# another time stamp.
RECENT = 2_000_000_000


class Ignored(NamedTuple):
    """What .dvcignore names: files and folders anywhere, and paths from the root, which begin with a slash."""

    names: re.Pattern[str]
    paths: frozenset[str]


class FileState(NamedTuple):
    """The content hash of a file, and the metadata that show whether it may have changed since."""

    metadata: tuple[int, int, int, int]
    hashed_at: int
    md5: str

    @classmethod
    def of(cls, path: Path) -> "FileState":
        now, metadata = time.time_ns(), _metadata(path)
        return cls(metadata, now, md5_of_file(path))

    @property
    def last_change(self) -> int:
        _, modified, changed, _ = self.metadata
        return max(modified, changed)

    def changed_since_process_start(self) -> bool:
        """By the time that the system sets: a program may set the time of modification, also to one in the future.

        A time after that of hashing comes from a clock that was set back, and says nothing.
        """
        changed = self.metadata[2]
        return bootstrap.PROCESS_START < changed <= self.hashed_at

    def is_current(self, path: Path) -> bool:
        """Whether the file has the same content. It is read again only if its metadata leave that open."""
        try:
            metadata = _metadata(path)
            if metadata == self.metadata and self.last_change < self.hashed_at - RECENT:
                return True
            return metadata[0] == self.metadata[0] and md5_of_file(path) == self.md5
        except FileNotFoundError:
            return False


def _metadata(path: Path) -> tuple[int, int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


class InputSnapshot:
    """The inputs of a stage at its start.

    Raises UserError if code changed after this process began to load it, or if a file disappears meanwhile.
    """

    def __init__(self, declaration: StageDeclaration) -> None:
        self.declaration = declaration
        self.ignored = _read_ignored()
        self.files: dict[Path, FileState] = {}
        for path in self._list_files():
            try:
                self.files[path] = FileState.of(path)
            except FileNotFoundError:
                raise _inputs_changed([f"{path} (gone)"]) from None
        self.parameters = _read_parameters(declaration.params)
        code = {path: state for path, state in self.files.items() if path.parts[0] == "stages"}
        if changed := [f"{path} (changed)" for path, state in code.items() if state.changed_since_process_start()]:
            raise _inputs_changed(changed)

    @property
    def md5s(self) -> dict[Path, str]:
        return {path: state.md5 for path, state in self.files.items()}

    def check(self) -> None:
        """Raise UserError with the inputs that differ from the snapshot."""
        parameters = _read_parameters(self.declaration.params)
        changed = [
            *self._changed_files(),
            *(f"{p.file}: {p.name} (changed)" for p, value in self.parameters.items() if parameters[p] != value),
        ]
        if changed:
            raise _inputs_changed(changed)

    def _list_files(self) -> list[Path]:
        return sorted(file for dep in self.declaration.deps for file in _files_in(str(dep), self.ignored))

    def _changed_files(self) -> Iterator[str]:
        now = set(self._list_files())
        for path in sorted(now | self.files.keys()):
            if path not in now:
                yield f"{path} (gone)"
            elif path not in self.files:
                yield f"{path} (new)"
            elif not self.files[path].is_current(path):
                yield f"{path} (changed)"


def _inputs_changed(inputs: Sequence[str]) -> UserError:
    return UserError(
        f"inputs changed while the stage ran: {format_examples(inputs)}; its outputs were discarded; run it again"
    )


def _read_parameters(declared: Sequence[DeclaredParameter]) -> dict[DeclaredParameter, str]:
    """The value of each parameter as JSON text."""
    contents = {file: _read_parameter_file(file) for file in {parameter.file for parameter in declared}}
    return {parameter: json.dumps(_value_at(contents[parameter.file], parameter.name)) for parameter in declared}


def _read_parameter_file(file: Path) -> Any:
    """The content of params.yaml, or of a file that the guard writes; None while that does not exist."""
    if file.suffix != ".json":
        return read_params(file)
    try:
        return json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(f"{file}: damaged ({error}); run `dvc repro --force guard`") from None


def _value_at(content: Any, name: str) -> Any:
    """
    >>> _value_at({"datasets": {"iris": {"train": {"epochs": 2}}}}, "datasets.iris.train.epochs")
    2
    """
    for key in name.split("."):
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _read_ignored() -> Ignored:
    lines = DVC_IGNORE.read_text(encoding="utf-8").splitlines() if DVC_IGNORE.exists() else []
    patterns = [line.strip().rstrip("/") for line in lines if line.strip() and not line.strip().startswith(("#", "!"))]
    names = [".git", ".hg", *(each for each in patterns if not each.startswith("/"))]
    return Ignored(re.compile("|".join(map(translate, names))), frozenset(patterns) - {*names})


def _files_in(path: str, ignored: Ignored) -> Iterator[Path]:
    """The file itself, or all files below the folder."""
    try:
        entries = os.scandir(path)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        yield Path(path)
        return
    with entries:
        for entry in entries:
            if ignored.names.match(entry.name) or f"/{entry.path}" in ignored.paths:
                continue
            if entry.is_dir():
                yield from _files_in(entry.path, ignored)
            else:
                yield Path(entry.path)
