"""Removes what killed processes left: files that were written beside their target, and never renamed.

DVC copies an output under a temporary name when it checks it out. Beside an output, such a file is part of a folder
that a stage reads, and so of what dvc.lock records.
"""

import re
from pathlib import Path

from stages.core.dvc.lock_file.lock_file import BACKUP, LOCK
from stages.core.files.atomic_write import remove, temporary_path
from stages.core.paths import PARAMS

OUTPUT_FOLDERS = (Path("data"), Path("reports"))
# `tmp_fname` of dvc_objects: a random token of 16 bytes in URL-safe base 64.
_TEMPORARY = re.compile(r"\.[\w-]{22}\.tmp$", re.ASCII)


def remove_temporary_files() -> list[Path]:
    """Returns what was removed. The caller holds the repository's lock, so that no DVC is copying."""
    found = [file for folder in OUTPUT_FOLDERS for file in sorted(folder.rglob("*.tmp")) if is_temporary(file.name)]
    for file in found:
        file.unlink()
    return found


def remove_incomplete_files() -> list[Path]:
    """Those of `restage run` and of stages, but for outputs; returns what was removed. The caller knows that no stage
    is running.
    """
    found = [path for path in map(temporary_path, (LOCK, PARAMS)) if path.exists()]
    found += sorted(BACKUP.parent.rglob(temporary_path(Path("*")).name))
    for path in found:
        remove(path)
    return found


def is_temporary(name: str) -> bool:
    """
    >>> is_temporary(".7ta1NWBNX3rVd-QPyT9Lfg.tmp"), is_temporary("my.tmp")
    (True, False)
    """
    return _TEMPORARY.search(name) is not None
