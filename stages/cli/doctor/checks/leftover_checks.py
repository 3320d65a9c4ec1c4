"""Checks for what killed processes leave behind: locks, incomplete files, temporary folders, files in quarantine."""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from stages.cli.doctor.checks.file_system_checks import folder_size
from stages.cli.doctor.finding import Finding, format_bytes, ok, problem, warning
from stages.core.dvc.storage.cache import cache_folder
from stages.core.dvc.storage.quarantine import QUARANTINE
from stages.core.errors import format_examples
from stages.core.run_stage.output_lock import LOCK_FOLDER

LOCKS = (Path(".dvc/tmp/lock"), Path(".dvc/tmp/rwlock.lock"))
# Where stages and commands write beside their targets.
WRITTEN = (Path("data"), Path("reports"), Path("conf"), Path("stages/locked"), Path(".dvc/tmp/restage"))
INCOMPLETE = "*.incomplete"
TEMPORARY = "restage-*"
# A `restage verify` of the full suite takes hours.
OLD_SECONDS = 24 * 3600


def dvc_locks() -> Finding:
    """Locks of DVC. Those of the default kind end with their process; hard link locks stay for a year."""
    left = [str(lock) for lock in LOCKS if _is_hard_link_lock(lock)]
    if left:
        solution = f"if no DVC is running, `rm {' '.join(left)}`"
        return problem(f"locked: {', '.join(left)} (core.hardlink_lock)", solution)
    if dvc_is_running():
        return warning("DVC or `restage run` is running in this repository", "wait until it has ended")
    return ok("free")


def dvc_is_running() -> bool:
    return any(is_locked(lock) or _is_hard_link_lock(lock) for lock in LOCKS)


def is_locked(file: Path) -> bool:
    """Whether a process holds the lock; tried without waiting, and given back at once."""
    try:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _is_hard_link_lock(file: Path) -> bool:
    """Its content is the path of another file, that of the default kind a process number."""
    content = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""
    return bool(content) and not content.split()[0].isdigit()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True  # of another user, or no number of a process
    return True


def killed_stages() -> Finding:
    """A file that names a process and that no process has locked belongs to one that was killed."""
    killed = [file.name for file in _stage_locks() if file.stat().st_size and not is_locked(file)]
    if killed:
        return warning(f"killed while writing: {format_examples(killed)}", "`restage run` removes what is incomplete")
    return ok("none")


def _stage_locks() -> list[Path]:
    return sorted(LOCK_FOLDER.glob("*"))


def incomplete_files() -> Finding:
    """What is written beside its target and was never renamed; without the outputs of stages that run now."""
    written = {f"{output}.incomplete" for file in _stage_locks() if is_locked(file) for output in _outputs(file)}
    here = [*Path().glob(INCOMPLETE), *(file for folder in WRITTEN for file in folder.rglob(INCOMPLETE))]
    inside = [file for file in here if any(parent.match(INCOMPLETE) for parent in file.parents)]
    left = sorted(str(file) for file in here if str(file) not in written and file not in inside)
    left += sorted(str(file) for file in _incomplete_objects()) if not dvc_is_running() else []
    if left:
        return warning(f"incomplete: {format_examples(left)}", f"`rm -r {' '.join(left[:5])}`")
    return ok("none")


def _outputs(lock: Path) -> list[str]:
    with suppress(ValueError, TypeError, KeyError):
        return [str(output) for output in json.loads(lock.read_text(encoding="utf-8"))["outputs"]]
    return []


def _incomplete_objects() -> Iterator[Path]:
    """DVC copies a file into its cache under another name, and then renames it."""
    return cache_folder().glob("*/*.tmp")


def temporary_folders(now: float | None = None) -> Finding:
    """Folders of killed runs and verifications in the folder for temporary files."""
    limit = (time.time() if now is None else now) - OLD_SECONDS
    old = []
    for folder in Path(tempfile.gettempdir()).glob(TEMPORARY):
        status = folder.stat(follow_symlinks=False)
        if status.st_uid == os.geteuid() and status.st_mtime < limit:
            old.append(str(folder))
    if old:
        return warning(f"older than a day: {format_examples(sorted(old))}", f"`rm -r {' '.join(sorted(old)[:5])}`")
    return ok(f"none in {tempfile.gettempdir()}")


def quarantined_files() -> Finding:
    """Damaged files that stages refused and moved away; they say that a disk or a program damages files."""
    files = sorted(file.name for file in QUARANTINE.glob("*"))
    if files:
        size = format_bytes(folder_size(QUARANTINE))
        return warning(
            f"{len(files)} damaged files or folders, {size}: {format_examples(files)}",
            f"check the disk, then `rm -r {QUARANTINE}`",
        )
    return ok("none")
