"""The state of all that decides whether a stage is stale, as a hash. DVC is not imported: that takes a second.

DVC takes a file with the same inode, time of the last change and size for unchanged. Here its status must not have
changed either: a program can restore the time of a file, but not that of its status. What DVC reads each time is hashed
by its content.
"""

import hashlib
import json
import os
import re
import stat
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache as remembered
from pathlib import Path

from stages.core import paths
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import BACKUP, LOCK
from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.dvc.running_dvc import PATHS_IN_USE
from stages.core.dvc.temporary_files import OUTPUT_FOLDERS
from stages.core.files.atomic_write import temporary_path
from stages.core.run_stage.output_lock import LOCK_FOLDER

_IGNORE = Path(".dvcignore")
_BYTECODE = "__pycache__"
# DVC finds no pipeline in the first three. An environment, and what tools keep, has thousands of folders and none.
_WITHOUT_PIPELINES = (".git", ".hg", ".dvc", ".venv", _BYTECODE, ".mypy_cache", ".pytest_cache", ".ruff_cache")
_PATH = re.compile(r"^    - path: (.+)$", re.MULTILINE)
_HASH = re.compile(r"^      md5: ([0-9a-f]{32}(?:\.dir)?)$", re.MULTILINE)
_PARAMS = re.compile(r"^    params:\n((?:      .*\n)+)", re.MULTILINE)
_PARAMS_FILE = re.compile(r"^      ([^\s].*):$", re.MULTILINE)
# The guard writes these files anew whenever it runs, nearly all with the content that they had. They are small.
_OF_GUARD = f"{paths.SUITE.parent}/"
# They change what DVC finds, wherever they are.
_NAMES_FOR_DVC = ("dvc.yaml", "dvc.lock", _IGNORE.name)


@dataclass(frozen=True)
class Fingerprint:
    """`state` is that of all; `common` that of what all stages depend on, such as dvc.yaml and DVC's settings.

    `stages` are the states of the stages that dvc.lock records: its entry, and what the stage reads and writes.
    params.yaml belongs to `state` alone.
    """

    state: str
    common: str
    stages: Mapping[str, str]


def fingerprint(cache: Path, configuration: Sequence[Path]) -> Fingerprint:
    """`cache` is the folder of DVC's cache, whose objects belong to the state: an output without one is stale.

    `configuration` are the files of DVC's settings.
    """
    text = _read(LOCK).decode("utf-8", "replace")
    files, pipelines = dict(_listed(_roots(text))), [*_pipeline_files()]
    common = _digest(
        [
            *map(_content, [*configuration, PIPELINE, _IGNORE]),
            *(f"{name}={value}\n" for name, value in _variables(os.environ)),
            *pipelines,
            *(line for path, line in files.items() if _is_for_dvc(path.rpartition("/")[2])),
        ]
    )
    stages = dict(_states_of_stages(cache, text, files))
    parts = [common, *map(_content, [LOCK, paths.PARAMS, PATHS_IN_USE]), *files.values(), *_incomplete_files()]
    return Fingerprint(_digest([*parts, *stages, *stages.values()]), common, stages)


def _states_of_stages(cache: Path, lock: str, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What several stages read is looked at once. There are none if dvc.lock cannot be read: DVC then refuses it."""
    names = sorted(files)

    @remembered
    def below(path: str) -> str:
        if path not in files:
            return _digest(line for _, line in _listed([path]))
        first, last = bisect_left(names, f"{path}/"), bisect_left(names, f"{path}0")  # 0 follows the slash
        return _digest([files[path], *map(files.__getitem__, names[first:last])])

    @remembered
    def cached(md5: str) -> str:
        return _digest(_cached(cache, md5))

    content = remembered(_content)
    with suppress(ValueError):
        for name, entry in LockText.parse(lock).entries.items():
            read_and_written = map(below, _PATH.findall(entry))
            parameters = map(content, _parameter_files(entry))
            yield name, _digest([entry, *read_and_written, *parameters, *map(cached, _HASH.findall(entry))])


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _content(path: Path) -> str:
    content = _read(path)
    return f"{path} {len(content)} {hashlib.sha256(content).hexdigest()}\n"


def recorded_paths(lock: str) -> set[str]:
    """All paths in the text of dvc.lock: dependencies, outputs and files of parameters."""
    return {*_PATH.findall(lock), *map(str, _parameter_files(lock))}


def _parameter_files(lock: str) -> list[Path]:
    sections = "".join(_PARAMS.findall(lock))
    return sorted({Path(name) for name in _PARAMS_FILE.findall(sections)})


def _variables(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in environment.items() if name.startswith("DVC_"))


def _roots(lock: str) -> list[str]:
    """All that stages read and write, each once: not what lies in another of them."""
    found = {*map(str, OUTPUT_FOLDERS), "stages", str(LOCK_FOLDER), *_PATH.findall(lock)}
    return sorted(path for path in found if not any(str(parent) in found for parent in Path(path).parents))


def _listed(roots: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Paths, each with a line that is its state."""
    for root in roots:
        yield root, _state(root)
        yield from _folder(root)


def _folder(folder: str, parents: frozenset[tuple[int, int]] = frozenset()) -> Iterator[tuple[str, str]]:
    """The files and folders below it; nothing if it is a file.

    Links are followed, since an output may be one, but not back to `parents`, the folders above.
    """
    try:
        status = os.stat(folder)  # noqa: PTH116
        identity = (status.st_dev, status.st_ino)
        if not stat.S_ISDIR(status.st_mode) or identity in parents:
            return
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield f"{folder}/", f"{folder} {error.errno}\n"
        return
    for entry in found:
        if entry.name != _BYTECODE:
            yield entry.path, _state(entry.path)
            if entry.is_dir():
                yield from _folder(entry.path, parents | {identity})


def _state(path: str) -> str:
    """Of a folder the name alone: its time changes with files that are not read. A link has the state of its target."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of files
    except OSError:
        return f"{path} missing\n"
    if stat.S_ISDIR(status.st_mode):
        return f"{path}/\n"
    if path.startswith(_OF_GUARD):
        return f"{status.st_mode} {_content(Path(path))}"
    times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
    return f"{path} {status.st_size} {times} {status.st_ino} {status.st_mode}\n"


def dvc_files() -> list[Path]:
    """The files of `dvc add`, outside of the folders of outputs."""
    return [Path(file) for file in _files_for_dvc() if file.endswith(".dvc")]


def _pipeline_files() -> Iterator[str]:
    """Of other pipelines, the content of those in the root is read."""
    return map(_state, _files_for_dvc())


def _files_for_dvc() -> Iterator[str]:
    """Other pipelines, files of `dvc add` and files of ignored names can be anywhere in the repository."""
    for folder, folders, files in os.walk("."):
        folders[:] = sorted(name for name in folders if not _is_skipped(folder, name))
        for name in sorted(files):
            if _is_for_dvc(name) and not (folder == "." and name in _NAMES_FOR_DVC):
                yield f"{folder}/{name}"


def _is_for_dvc(name: str) -> bool:
    return name in _NAMES_FOR_DVC or name.endswith(".dvc")


def _is_skipped(parent: str, name: str) -> bool:
    """Outputs are listed anyway."""
    return name in _WITHOUT_PIPELINES or (parent == "." and Path(name) in OUTPUT_FOLDERS)


def _incomplete_files() -> Iterator[str]:
    """What a killed process left outside the outputs: a run removes it."""
    kept = BACKUP.parent.rglob(temporary_path(Path("*")).name)
    yield from map(_state, map(str, (temporary_path(LOCK), temporary_path(paths.PARAMS), *sorted(kept))))


def _cached(cache: Path, md5: str) -> Iterator[str]:
    """The object in the cache, and those of the files if it is a folder."""
    path = _object(cache, md5)
    yield _state(path)
    if md5.endswith(".dir"):
        yield from (_state(_object(cache, part)) for part in _files_of_folder(path))


def _files_of_folder(path: str) -> list[str]:
    with suppress(OSError, ValueError, TypeError, KeyError):
        return [str(entry["md5"]) for entry in json.loads(Path(path).read_bytes())]
    return []


def _object(cache: Path, md5: str) -> str:
    return f"{cache}/{md5[:2]}/{md5[2:]}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
