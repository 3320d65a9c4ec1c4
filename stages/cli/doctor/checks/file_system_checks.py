"""Checks of the disk and its files: room, permissions, times, names."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from stages.cli.doctor.checks.git_checks import read_git
from stages.cli.doctor.finding import Finding, format_bytes, ok, problem, warning
from stages.cli.git import git
from stages.core.dvc.storage.cache import cache_folder
from stages.core.errors import UserError, format_examples

DATA = Path("data")
# Below this, even a small stage may fail.
LEAST_ROOM = 256 * 1024**2
LEAST_INODES = 10_000
# The clock of a file server may be a little ahead.
TOLERATED_SECONDS = 10
# More files than this are not counted, so that the command stays fast.
MOST_FILES = 200_000
WRITTEN = (".", ".dvc", ".dvc/tmp", "conf", "conf/accepted", "data", "reports", "stages/locked")
INPUTS = ("conf", "data", "stages")


def disk_room(free: int | None = None) -> Finding:
    """Room for a second copy of data and cache: `restage verify` makes one, and so does a run from nothing."""
    cache, temporary = existing_parent(cache_folder()), Path(tempfile.gettempdir())
    if free is None:
        free = min(shutil.disk_usage(place).free for place in (Path(), cache, temporary))
    used = sum(map(folder_size, (DATA, cache_folder())))
    found = f"{format_bytes(free)} free; data and cache have {format_bytes(used)}"
    solution = "free some space, or `dvc gc --workspace` (it removes what this commit does not use from the cache)"
    if free < LEAST_ROOM:
        return problem(found, solution)
    return warning(f"{found}, and a full `restage verify` needs as much", solution) if free < used else ok(found)


def existing_parent(folder: Path) -> Path:
    """The folder, or the nearest folder above it that exists."""
    return next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))


def folder_size(folder: Path) -> int:
    """The bytes on disk of at most MOST_FILES files."""
    size = 0
    for number, file in enumerate(_files(folder)):
        if number >= MOST_FILES:
            break
        size += file.stat(follow_symlinks=False).st_size
    return size


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                yield entry


def inodes(available: int | None = None) -> Finding:
    """How many more files the disk can hold; DVC keeps every file of a folder as an object of its own."""
    if available is None:
        status = os.statvfs(existing_parent(cache_folder()))
        if not status.f_files:
            return ok("no limit on this file system")
        available = status.f_favail
    if available < LEAST_INODES:
        return warning(f"room for {available:,} more files", "remove files, or `dvc gc --workspace`")
    return ok(f"room for {available:,} more files")


def writable_folders(folders: Iterable[str] = WRITTEN) -> Finding:
    """The folders that commands write to, as far as they exist."""
    places = [Path(folder) for folder in folders]
    places += sorted(path for folder in ("data", "reports") for path in Path(folder).glob("*"))
    refused = [str(p) for p in places if p.is_dir() and not os.access(p, os.W_OK | os.X_OK)]
    if refused:
        return problem(
            f"cannot write to {format_examples(refused)}",
            f"`chmod u+w {' '.join(refused)}`, or as their owner; a read-only disk has to be mounted writable",
        )
    return ok("writable")


def clock(now: float | None = None) -> Finding:
    """No file and no commit is newer than the clock: tools compare times to find what changed."""
    limit = (time.time() if now is None else now) + TOLERATED_SECONDS
    ahead = [entry.path for folder in INPUTS for entry in _files(Path(folder)) if _changed_at(entry) > limit]
    if ahead:
        first = sorted(ahead)
        return warning(
            f"{len(ahead)} files have a time in the future: {format_examples(first)}",
            f"set the clock if it is wrong, else `find {' '.join(INPUTS)} -newermt now -exec touch {{}} +`",
        )
    if _last_commit_time() > limit:
        return warning("the last commit is in the future", "set the clock")
    return ok("no file is in the future")


def _changed_at(entry: os.DirEntry[str]) -> float:
    return entry.stat(follow_symlinks=False).st_mtime


def _last_commit_time() -> int:
    try:
        return int(git("log", "-1", "--format=%ct") or 0)
    except UserError:
        return 0  # no repository, or no commit


def letter_case(ignored: bool | None = None, names: Iterable[str] | None = None) -> Finding:
    """Files whose names differ in upper and lower case only are one file on some systems."""
    if ignored is None:
        ignored = Path("DVC.YAML").exists()
    first: dict[str, str] = {}
    tracked = read_git("ls-files", "-z").split("\0") if names is None else names
    same = [f"{first[key]} and {name}" for name in tracked if first.setdefault(key := name.casefold(), name) != name]
    kind = "this file system ignores case" if ignored else "this file system distinguishes case"
    if same:
        found = f"{kind}, and names differ in case only: {format_examples(same)}"
        solution = "`git mv` one of them to another name"
        return problem(found, solution) if ignored else warning(f"{found}; others cannot check them out", solution)
    return ok(kind)
