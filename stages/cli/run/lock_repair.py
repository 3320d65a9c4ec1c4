"""What a killed DVC can leave behind, and every later DVC refuses."""

import json
from pathlib import Path

from dvc.lock import make_lock
from dvc.repo import Repo
from dvc.rwlock import RWLOCK_FILE, RWLOCK_LOCK


def mended_rwlock(repo: Repo) -> bool:
    """DVC empties its list of who reads and writes what, and then fills it: killed between the two it leaves no JSON.

    Whoever changes the list holds the lock beside it; with that in hand, a list that cannot be read has no writer.
    """
    listed = Path(repo.tmp_dir, RWLOCK_FILE)
    hardlink = repo.config["core"].get("hardlink_lock", False)
    with make_lock(str(listed.with_name(RWLOCK_LOCK)), tmp_dir=repo.tmp_dir, hardlink_lock=hardlink, wait=True):
        if not listed.exists() or _is_json(listed.read_bytes()):
            return False
        listed.unlink()
        return True


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
