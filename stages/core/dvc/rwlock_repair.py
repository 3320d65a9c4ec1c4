"""Repairs .dvc/tmp/rwlock: a killed DVC can leave it in a state that every later DVC refuses, or its entries in it."""

import json
import os
from pathlib import Path
from typing import Any

from dvc.lock import make_lock
from dvc.repo import Repo
from dvc.rwlock import RWLOCK_FILE, RWLOCK_LOCK

from stages.core.dvc.running_dvc import is_alive
from stages.core.files.atomic_write import write_text


def repair_rwlock(repo: Repo) -> bool:
    """Whether the list of paths in use was corrupt, and was removed. Entries of ended processes are dropped.

    DVC truncates the file and then writes it: killed between the two, it leaves no JSON. Whoever writes the file holds
    the lock beside it, so a corrupt file that is seen while holding that lock has no writer.
    DVC drops the entry of an ended process too, but not if a later process has its ID.
    """
    rwlock = Path(repo.tmp_dir, RWLOCK_FILE)
    hardlink = repo.config["core"].get("hardlink_lock", False)
    with make_lock(str(rwlock.with_name(RWLOCK_LOCK)), tmp_dir=repo.tmp_dir, hardlink_lock=hardlink, wait=True):
        if not rwlock.exists():
            return False
        try:
            content = json.loads(rwlock.read_bytes())
        except ValueError:
            rwlock.unlink()
            return True
        times = rwlock.stat()
        living = _of_living_processes(content, times.st_mtime)
        if living != content:
            write_text(rwlock, json.dumps(living))
            # It keeps its time, by which a later process that has the ID of an ended one is told from it.
            os.utime(rwlock, ns=(times.st_atime_ns, times.st_mtime_ns))
        return False


def _of_living_processes(content: dict[str, Any], written: float) -> dict[str, Any]:
    writers = {path: entry for path, entry in content.get("write", {}).items() if is_alive(entry["pid"], written)}
    readers = {
        path: [entry for entry in entries if is_alive(entry["pid"], written)]
        for path, entries in content.get("read", {}).items()
    }
    return content | {"write": writers, "read": {path: entries for path, entries in readers.items() if entries}}
