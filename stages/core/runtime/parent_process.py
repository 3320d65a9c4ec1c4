"""A stage ends with the DVC process that started it; otherwise it would write on while the next run begins."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_POLL_INTERVAL = 1.0


def end_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Send this process a signal when the process `parent` ends: at once on Linux, elsewhere within about a second.

    On Linux the parent has also ended if its thread that forked this process has.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    else:
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()
    # The parent may have ended before the kernel or the thread could watch it.
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def end_with_dvc() -> None:
    """End with DVC, which is the parent: dvc.yaml runs stages by `exec`, so there is no shell in between.

    If DVC ended before this call, the parent is a process of another group, and this process exits.
    """
    parent = os.getppid()
    end_with_parent(parent)
    try:
        group = os.getpgid(parent)
    except OSError:
        group = None
    if os.getpgid(0) not in (os.getpid(), group):
        sys.exit("restage: DVC, which started this stage, has ended; the stage ends too")


def _watch(parent: int, number: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_INTERVAL)
    os.kill(os.getpid(), number)
