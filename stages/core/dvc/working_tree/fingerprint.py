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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from stages.core.dvc.lock_file.lock_file import BACKUP, LOCK
from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.dvc.running_dvc import PATHS_IN_USE
from stages.core.dvc.temporary_files import OUTPUT_FOLDERS
from stages.core.files.atomic_write import temporary_path
from stages.core.paths import PARAMS
from stages.core.run_stage.output_lock import LOCK_FOLDER

_IGNORE = Path(".dvcignore")
_BYTECODE = "__pycache__"
# DVC finds no pipeline in the first three. An environment, and what tools keep, has thousands of folders and none.
_WITHOUT_PIPELINES = (".git", ".hg", ".dvc", ".venv", _BYTECODE, ".mypy_cache", ".pytest_cache", ".ruff_cache")
_PATH = re.compile(r"^    - path: (.+)$", re.MULTILINE)
_OUTPUT = re.compile(r"^      md5: ([0-9a-f]{32}(?:\.dir)?)$", re.MULTILINE)
_PARAMS = re.compile(r"^    params:\n((?:      .*\n)+)", re.MULTILINE)
_PARAMS_FILE = re.compile(r"^      ([^\s].*):$", re.MULTILINE)


def fingerprint(cache: Path, configuration: Sequence[Path]) -> str:
    """`cache` is the folder of DVC's cache, whose objects belong to the state: an output without one is stale.

    `configuration` are the files of DVC's settings.
    """
    lock = _read(LOCK)
    text = lock.decode("utf-8", "replace")
    digest = hashlib.sha256()
    for path in [*configuration, *_read_by_dvc(text)]:
        content = _read(path)
        digest.update(f"{path} {len(content)}\n".encode() + content)
    digest.update("".join(f"{name}={value}\n" for name, value in _variables(os.environ)).encode())
    for line in (*_listed(_roots(text)), *_pipeline_files(), *_incomplete_files(), *_cached(cache, text)):
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def recorded_paths(lock: str) -> set[str]:
    """All paths in the text of dvc.lock: dependencies, outputs and files of parameters."""
    return {*_PATH.findall(lock), *map(str, _parameter_files(lock))}


def _parameter_files(lock: str) -> list[Path]:
    sections = "".join(_PARAMS.findall(lock))
    return sorted({Path(name) for name in _PARAMS_FILE.findall(sections)})


def _read_by_dvc(lock: str) -> list[Path]:
    """Files that DVC parses whenever it looks for stale stages, and those that name what runs."""
    return [PIPELINE, LOCK, PARAMS, _IGNORE, PATHS_IN_USE, *_parameter_files(lock)]


def _variables(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in environment.items() if name.startswith("DVC_"))


def _roots(lock: str) -> list[str]:
    """All that stages read and write, each once: not what lies in another of them."""
    paths = {*map(str, OUTPUT_FOLDERS), "stages", str(LOCK_FOLDER), *_PATH.findall(lock)}
    return sorted(path for path in paths if not any(str(parent) in paths for parent in Path(path).parents))


def _listed(roots: Iterable[str]) -> Iterator[str]:
    for root in roots:
        yield _state(root)
        yield from _folder(root)


def _folder(folder: str, parents: frozenset[tuple[int, int]] = frozenset()) -> Iterator[str]:
    """A line for each file and folder below it; nothing if it is a file.

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
        yield f"{folder} {error.errno}\n"
        return
    for entry in found:
        if entry.name != _BYTECODE:
            yield _state(entry.path)
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
    times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
    return f"{path} {status.st_size} {times} {status.st_ino} {status.st_mode}\n"


def _pipeline_files() -> Iterator[str]:
    """Other pipelines, files of `dvc add` and files of ignored names can be anywhere in the repository."""
    for folder, folders, files in os.walk("."):
        folders[:] = sorted(name for name in folders if not _is_skipped(folder, name))
        for name in sorted(files):
            if name in ("dvc.yaml", "dvc.lock", _IGNORE.name) or name.endswith(".dvc"):
                yield _state(f"{folder}/{name}")


def _is_skipped(parent: str, name: str) -> bool:
    """Outputs are listed anyway."""
    return name in _WITHOUT_PIPELINES or (parent == "." and Path(name) in OUTPUT_FOLDERS)


def _incomplete_files() -> Iterator[str]:
    """What a killed process left outside the outputs: a run removes it."""
    kept = BACKUP.parent.rglob(temporary_path(Path("*")).name)
    yield from map(_state, map(str, (temporary_path(LOCK), temporary_path(PARAMS), *sorted(kept))))


def _cached(cache: Path, lock: str) -> Iterator[str]:
    """The objects of all outputs, and of the files in those that are folders."""
    for name in sorted({*_OUTPUT.findall(lock)}):
        path = _object(cache, name)
        yield _state(path)
        if name.endswith(".dir"):
            for part in _files_of_folder(path):
                yield _state(_object(cache, part))


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
