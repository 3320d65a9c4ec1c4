"""Only one process at a time makes a stage's outputs; what a killed process left incomplete is removed."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from stages.core.errors import UserError
from stages.core.files.atomic_write import explain_write_errors, remove, temporary_path

LOCK_FOLDER = Path(".dvc/tmp/restage/making")
# Seconds to wait for a process that was just killed and still holds the lock.
LOCK_TIMEOUT = 5.0
_POLL_INTERVAL = 0.05


@contextmanager
def lock_outputs(stage: str, outputs: Sequence[Path]) -> Iterator[None]:
    """Hold the lock of a stage's outputs during the block.

    The lock file names the process and the outputs. It is emptied at every end of the block, so a file with content
    that is not locked belongs to a process that was killed; its incomplete outputs are removed first.
    Raises UserError if another process holds the lock.
    """
    path = LOCK_FOLDER / stage
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    with file:
        _acquire(file, outputs)
        _remove_incomplete_outputs(stage, _read(file))
        content = {"pid": os.getpid(), "outputs": [str(output) for output in outputs]}
        with explain_write_errors(path):
            file.truncate(0)
            # Without a buffer: one that cannot be written would fail again when the file is closed.
            os.write(file.fileno(), json.dumps(content).encode())
        try:
            yield
        finally:
            file.truncate(0)


def _acquire(file: IO[str], outputs: Sequence[Path]) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                break
        time.sleep(_POLL_INTERVAL)
    pid = _read(file).get("pid")
    process, alternative = ("another process", "") if pid is None else (f"process {pid}", f", or `kill {pid}`")
    names = ", ".join(map(str, outputs))
    raise UserError(f"{names}: {process} is writing this; wait until it has ended{alternative}, then run it again")


def remove_outputs_of_killed_stages() -> list[Path]:
    """Remove what killed processes left incomplete: their stages may not be stale any more, and not run again."""
    removed = []
    for path in sorted(LOCK_FOLDER.glob("*")):
        with path.open("a+", encoding="utf-8") as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            removed += _remove_incomplete(_read(file))
            file.truncate(0)
    return removed


def _remove_incomplete_outputs(stage: str, killed: dict[str, Any]) -> None:
    if not killed:
        return
    found = _remove_incomplete(killed)
    removed = f"; removed {', '.join(map(str, found))}" if found else ""
    outputs = ", ".join(killed["outputs"])
    print(f"restage: {stage}: process {killed['pid']} was killed while writing {outputs}{removed}", file=sys.stderr)


def _remove_incomplete(killed: dict[str, Any]) -> list[Path]:
    incomplete = [temporary_path(Path(output)) for output in killed.get("outputs", [])]
    found = [path for path in incomplete if os.path.lexists(path)]
    for path in found:
        remove(path)
    return found


def _read(file: IO[str]) -> dict[str, Any]:
    """The content of the lock file; a process that was killed while writing it leaves a part, which counts as none."""
    file.seek(0)
    try:
        content: dict[str, Any] = json.loads(file.read() or "{}")
    except ValueError:
        return {}
    return content
