"""A stage does not outlive the DVC that started it: an orphan would write on while the next run begins."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK = 1.0


def end_with_parent(parent: int) -> None:
    """This process is killed when `parent` is: by the kernel on Linux, elsewhere within a second or so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def end_with_dvc() -> None:
    """DVC may be gone before this process could look; whoever takes orphans in is not of its process group.

    There is no shell between the two: dvc.yaml has it give way by `exec`.
    """
    parent = os.getppid()
    end_with_parent(parent)
    if os.getpgid(0) != os.getpid() and _group(parent) != os.getpgid(0):
        sys.exit("restage: the DVC that started this stage has ended, and so does the stage.")


def _group(process: int) -> int | None:
    try:
        return os.getpgid(process)
    except OSError:
        return None


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.kill(os.getpid(), signal.SIGKILL)
