"""Repairs .dvc/tmp/rwlock, which a killed DVC can leave behind in a state that every later DVC refuses."""

import json
from pathlib import Path

from dvc.lock import make_lock
from dvc.repo import Repo
from dvc.rwlock import RWLOCK_FILE, RWLOCK_LOCK


def remove_corrupt_rwlock(repo: Repo) -> bool:
    """Whether the list of paths in use was corrupt, and was removed.

    DVC truncates the file and then writes it: killed between the two, it leaves no JSON. Whoever writes the file holds
    the lock beside it, so a corrupt file that is seen while holding that lock has no writer.
    """
    rwlock = Path(repo.tmp_dir, RWLOCK_FILE)
    hardlink = repo.config["core"].get("hardlink_lock", False)
    with make_lock(str(rwlock.with_name(RWLOCK_LOCK)), tmp_dir=repo.tmp_dir, hardlink_lock=hardlink, wait=True):
        if not rwlock.exists() or _is_json(rwlock.read_bytes()):
            return False
        rwlock.unlink()
        return True


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
