"""Only one `restage run` at a time works in a clone, and it starts when no plain `dvc` command runs there."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stages.cli.stop_signals import INTERRUPTED, handling_stop_signals
from stages.core.dvc.running_dvc import Process, running_dvc
from stages.core.errors import UserError
from stages.core.files.atomic_write import explain_write_errors

LOCK = Path(".dvc/tmp/restage/run.lock")
POLL_SECONDS = 0.5


@contextmanager
def only_run_in_clone(wait: bool) -> Iterator[None]:
    """Wait for another run and for DVC; with `wait` false, raise UserError that names it.

    The processes of the chains inherit the lock: it is free when the last of them has ended, also after a kill.
    """
    with explain_write_errors(LOCK):
        LOCK.parent.mkdir(parents=True, exist_ok=True)
        file = LOCK.open("a+", encoding="utf-8")
    with file:
        _wait_while(lambda: _holder(file), wait)
        content = {"pid": os.getpid(), "command": " ".join(["restage", *sys.argv[1:]])}
        with explain_write_errors(LOCK):
            file.truncate(0)
            # Without a buffer: one that cannot be written would fail again when the file is closed.
            os.write(file.fileno(), json.dumps(content).encode())
        try:
            _wait_while(running_dvc, wait)
            yield
        finally:
            file.truncate(0)


def _holder(file: IO[str]) -> Process | None:
    """Who holds the lock; None if it is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        try:
            content = json.loads(file.read())
            return Process(content["pid"], content["command"])
        except ValueError:  # it was taken just now
            return Process(None, "restage run")
    return None


def _wait_while(running: Callable[[], Process | None], wait: bool) -> None:
    known = None
    with handling_stop_signals(_stop_waiting):
        while process := running():
            if not wait:
                raise UserError(f"{process} runs in this clone; wait until it has ended, or leave out --no-wait")
            if process != known:
                print(f"waiting for {process}, which runs in this clone", flush=True)
                known = process
            time.sleep(POLL_SECONDS)


def _stop_waiting(_: int) -> None:
    print("restage: run: stopped while it waited; nothing was changed", file=sys.stderr)
    raise SystemExit(INTERRUPTED)
