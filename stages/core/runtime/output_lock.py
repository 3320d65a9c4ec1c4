"""One process at a time makes a stage's outputs, and a note says which are in the making."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from stages.core.errors import UserError
from stages.core.runtime.atomic_write import explain_write_errors, remove, temporary_path

LOCK_FOLDER = Path(".dvc/tmp/restage/making")
# One that was killed a moment ago may take a moment to be gone.
LOCK_TIMEOUT = 5.0
_TICK = 0.05


@contextmanager
def lock_outputs(stage: str, outputs: Sequence[Path]) -> Iterator[None]:
    """The note is the lock: it holds who makes what, and is empty when that came to an end of any kind but a kill."""
    note = LOCK_FOLDER / stage
    with explain_write_errors(note):
        note.parent.mkdir(parents=True, exist_ok=True)
        file = note.open("a+", encoding="utf-8")
    with file:
        _lock(file, outputs)
        _clear_away(stage, _read(file))
        _write(file, {"pid": os.getpid(), "outputs": [str(output) for output in outputs]})
        try:
            yield
        finally:
            file.truncate(0)


def _lock(file: IO[str], outputs: Sequence[Path]) -> None:
    until = time.monotonic() + LOCK_TIMEOUT
    while not _locked(file):
        if time.monotonic() > until:
            raise UserError(_held_by(_read(file).get("pid"), outputs))
        time.sleep(_TICK)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held_by(process: int | None, outputs: Sequence[Path]) -> str:
    names = ", ".join(map(str, outputs))
    if process is None:
        return f"{names}: another process is making this; wait until it has ended, and run it again"
    return f"{names}: process {process} is making this; wait until it has ended, or `kill {process}`, and run it again"


def _clear_away(stage: str, found: dict[str, Any]) -> None:
    """What a process that was killed left half done."""
    if not found:
        return
    drafts = [
        draft for draft in (temporary_path(Path(output)) for output in found["outputs"]) if os.path.lexists(draft)
    ]
    for draft in drafts:
        remove(draft)
    cleared = f"; cleared away: {', '.join(map(str, drafts))}" if drafts else ""
    made = ", ".join(found["outputs"])
    print(f"restage: {stage}: process {found['pid']} was killed while it made {made}{cleared}", file=sys.stderr)


def _read(file: IO[str]) -> dict[str, Any]:
    """Nothing, or half a note, of one that was killed at once."""
    file.seek(0)
    try:
        found: dict[str, Any] = json.loads(file.read() or "{}")
    except ValueError:
        return {}
    return found


def _write(file: IO[str], content: dict[str, Any]) -> None:
    file.truncate(0)
    file.write(json.dumps(content))
    file.flush()
