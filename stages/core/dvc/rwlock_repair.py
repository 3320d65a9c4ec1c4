"""Repairs .dvc/tmp/rwlock, DVC's list of paths in use, which a killed DVC can leave in a state that DVC refuses."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import psutil
from dvc.lock import make_lock
from dvc.repo import Repo
from dvc.rwlock import RWLOCK_FILE, RWLOCK_LOCK

from stages.core.runtime.atomic_write import write_text


def remove_corrupt_rwlock(repo: Repo) -> bool:
    """Whether the list of paths in use was corrupt, and was removed.

    DVC truncates the file and then writes it: killed between the two, it leaves no JSON. Whoever writes the file holds
    the lock beside it, so a corrupt file that is seen while holding that lock has no writer.
    """
    rwlock = Path(repo.tmp_dir, RWLOCK_FILE)
    with _locked(repo):
        if not rwlock.exists() or _read(rwlock) is not None:
            return False
        rwlock.unlink()
        return True


def drop_ended_processes(repo: Repo) -> list[int]:
    """Remove the entries of processes that were killed; returns their numbers.

    DVC does so only if no process has the number. After a restart of the machine, often another one has it, and DVC
    waits for that. Such a process began after the file was last written.
    """
    rwlock = Path(repo.tmp_dir, RWLOCK_FILE)
    with _locked(repo):
        content = _read(rwlock) if rwlock.exists() else None
        if content is None:
            return []
        written = rwlock.stat().st_mtime
        ended = sorted(n for n in set(_processes(content)) if not _is_running(n, written))
        if ended:
            kept = {
                "write": {path: e for path, e in content.get("write", {}).items() if e["pid"] not in ended},
                "read": {
                    path: left
                    for path, entries in content.get("read", {}).items()
                    if (left := [e for e in entries if e["pid"] not in ended])
                },
            }
            times = rwlock.stat()
            write_text(rwlock, json.dumps(kept))
            # It keeps its time: the next call compares with it too.
            os.utime(rwlock, ns=(times.st_atime_ns, times.st_mtime_ns))
        return ended


def paths_are_in_use(repo: Repo) -> bool:
    """Whether a DVC is running a stage, or another command that is in the list."""
    rwlock = Path(repo.tmp_dir, RWLOCK_FILE)
    with _locked(repo):
        content = _read(rwlock) if rwlock.exists() else None
        return content is not None and any(True for _ in _processes(content))


def _locked(repo: Repo) -> AbstractContextManager[Any]:
    """Whoever reads or writes the list holds this lock."""
    hardlink = repo.config["core"].get("hardlink_lock", False)
    path = str(Path(repo.tmp_dir, RWLOCK_LOCK))
    lock = make_lock(path, tmp_dir=repo.tmp_dir, hardlink_lock=hardlink, wait=True)
    return cast("AbstractContextManager[Any]", lock)


def _read(rwlock: Path) -> dict[str, Any] | None:
    """None if it is no JSON."""
    try:
        return cast("dict[str, Any]", json.loads(rwlock.read_bytes()))
    except ValueError:
        return None


def _processes(content: Mapping[str, Any]) -> Iterator[int]:
    yield from (entry["pid"] for entry in content.get("write", {}).values())
    yield from (entry["pid"] for entries in content.get("read", {}).values() for entry in entries)


def _is_running(number: int, written: float) -> bool:
    """Whether it is the process that wrote the entry."""
    try:
        process = psutil.Process(number)
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= written)
    except psutil.NoSuchProcess:
        return False
