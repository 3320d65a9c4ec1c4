"""A folder for temporary files that does not stay behind: the next one removes those of killed processes."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stages.core.errors import UserError

PREFIX = "restage-verify-"
# The process that made the folder holds a lock of this file. A folder without it is never removed.
OWNED = "owned"


@contextmanager
def temporary_folder(keep: bool) -> Iterator[tuple[Path, int]]:
    """Yield the folder and the file descriptor of its lock: a process that inherits it owns the folder too."""
    try:
        remove_abandoned_folders()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"no folder for temporary files ({reason}); set TMPDIR to a folder with free space") from None
    try:
        unlocked = folder / f"{OWNED}.unlocked"
        with unlocked.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            unlocked.rename(folder / OWNED)
            yield folder, lock.fileno()
    finally:
        if keep:
            (folder / OWNED).unlink(missing_ok=True)
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder)


def remove_abandoned_folders() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Without the file, with its lock held, or that of another user: not ours to remove.
        with suppress(OSError), (folder / OWNED).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.lstat().st_uid == os.getuid():
                shutil.rmtree(folder)
