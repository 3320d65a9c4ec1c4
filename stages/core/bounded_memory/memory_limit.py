"""Ends a stage that needs more memory than it may.

What counts is anonymous memory that is in use, of the stage and of the processes that it started: what the system can
take back, such as pages of memory-mapped files, is free. A limit of the system (RLIMIT_DATA) counts what is reserved:
for a small Keras model almost twice as much, and more with every core.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from stages.core.bounded_memory.memory_size import format_memory

# In bytes.
VARIABLE = "RESTAGE_MEMORY"
POLL_SECONDS = 0.1


def memory_limit() -> int | None:
    """In bytes; None without a limit."""
    value = os.environ.get(VARIABLE, "")
    return int(value) if value.isdecimal() else None


def end_over_memory_limit(stage: str) -> None:
    """Watch this process, and end it with a message once it uses more than its limit, if it has one."""
    limit = memory_limit()
    if limit is not None:
        threading.Thread(target=_watch, args=(stage, limit), daemon=True).start()


def _watch(stage: str, limit: int) -> None:
    while (used := used_memory(os.getpid())) <= limit:
        time.sleep(POLL_SECONDS)
    print(f"restage: {stage}: {over_limit(stage, used, limit)}", file=sys.stderr, flush=True)
    for process in with_descendants(os.getpid())[1:]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    os._exit(1)


def over_limit(stage: str, used: int, limit: int) -> str:
    key = stage.partition("@")[2]
    own = f"give it more, by `resources: {{memory: ...}}` in conf/dataset/{key}.yaml, or " if key else ""
    return (
        f"uses {format_memory(used)} of memory, and its limit is {format_memory(limit)}; {own}raise --memory, or run "
        "fewer chains at once by --jobs"
    )


def used_memory(process: int) -> int:
    """The anonymous memory of a process and its descendants, in bytes."""
    return sum(map(_anonymous_memory, with_descendants(process)))


def _anonymous_memory(process: int) -> int:
    """0 for a process that has ended."""
    if sys.platform != "linux":
        import psutil

        return int(psutil.Process(process).memory_info().rss) if psutil.pid_exists(process) else 0
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:"))


def with_descendants(process: int) -> list[int]:
    if sys.platform != "linux":
        import psutil

        return [process, *(child.pid for child in psutil.Process(process).children(recursive=True))]
    children = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{process}/task").iterdir():
            children += (task / "children").read_text(encoding="utf-8").split()
    return [process, *(each for child in children for each in with_descendants(int(child)))]
