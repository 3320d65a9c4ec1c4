"""Which DVC command works in the repository of the current folder. Read without DVC, which takes a second to import."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

# DVC holds the lock of the file, except while the command of a stage runs; the file has its process ID.
DVC_LOCK = Path(".dvc/tmp/lock")
# Here it names the processes that run a stage, and the paths that they read and write.
PATHS_IN_USE = Path(".dvc/tmp/rwlock")
# The system knows the start of a process, and the time of a file, less exactly than this.
CLOCK_SECONDS = 2.0


@dataclass(frozen=True)
class Process:
    """`pid` is None if it is not known."""

    pid: int | None
    command: str

    def __str__(self) -> str:
        return f"{'another process' if self.pid is None else f'process {self.pid}'} ({self.command})"


def running_dvc() -> Process | None:
    """A DVC command that has not ended, between two stages or in one.

    Nothing can change between the two questions: without the lock no stage begins or ends.
    """
    try:
        with DVC_LOCK.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return next(processes_in_stages(), None)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _holder()


def processes_in_stages() -> Iterator[Process]:
    try:
        written, content = PATHS_IN_USE.stat().st_mtime, json.loads(PATHS_IN_USE.read_bytes())
    except (FileNotFoundError, ValueError):
        return
    readers = [reader for readers in content.get("read", {}).values() for reader in readers]
    for entry in [*content.get("write", {}).values(), *readers]:
        if entry and is_alive(entry["pid"], written):
            yield Process(entry["pid"], _short(entry["cmd"].split(" ")))


def is_alive(pid: int, seen: float) -> bool:
    """Whether the process that had this ID at the time `seen` is alive; a later one can have the same ID."""
    try:
        process = psutil.Process(pid)
        return bool(process.create_time() <= seen + CLOCK_SECONDS and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _holder() -> Process:
    with suppress(OSError, ValueError, psutil.Error):
        pid = int(DVC_LOCK.read_text(encoding="utf-8"))
        return Process(pid, _short(psutil.Process(pid).cmdline()))
    return Process(None, "dvc")


def _short(words: list[str]) -> str:
    """
    >>> _short(["/usr/bin/python3", "/home/me/.venv/bin/dvc", "repro", "-f"])
    'dvc repro -f'
    >>> _short(["/home/me/.venv/lib/python3.11/site-packages/dvc/__main__.py", "push"]), _short(["python3", "x.py"])
    ('dvc push', 'python3 x.py')
    """
    for number, word in enumerate(words):
        path = Path(word)
        if path.name == "dvc" or (path.name == "__main__.py" and path.parent.name == "dvc"):
            return " ".join(["dvc", *words[number + 1 :]])
    return " ".join(" ".join(words).split())
