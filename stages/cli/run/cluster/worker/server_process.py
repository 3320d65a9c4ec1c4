"""Processes of a worker that run in a copy of the repository, and are kept for the next task of the same kind.

Starting Python and loading the libraries takes longer than many a chain or trial.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Generic, TypeVar

# Set in a process that DVC started; what runs here is not a part of such a run.
REMOVED_VARIABLES = ("DVC_STAGE", "DVC_ROOT", "DVC_EXP_", "RESTAGE_PRELOADED", "RESTAGE_MEMORY")
IDLE_SECONDS = 30.0


class ServerProcess:
    """A Python process with these arguments in `copy`. Its input closes also if this process ends.

    It holds the lock of the copy. Only tasks with the same `key` may use it.
    """

    def __init__(self, key: str, copy: Path, lock: IO[str], arguments: Sequence[str]) -> None:
        self.key = key
        self.copy = copy
        self.lines = queue.SimpleQueue[bytes | None]()  # of its output; None is its end
        self.errors = copy.with_suffix(".log")
        with self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *arguments], cwd=copy, env=server_environment(), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=errors, start_new_session=True, pass_fds=[lock.fileno()],
            )  # fmt: skip
        threading.Thread(target=self._read_lines, daemon=True).start()

    def _read_lines(self) -> None:
        for line in self._process.stdout or ():
            self.lines.put(line)
        self.lines.put(None)

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def send(self, line: str) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(line.encode() + b"\n")
                self._process.stdin.flush()

    def kill(self) -> None:
        """What it started ends with it."""
        if self.lives:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> int:
        """End it, and wait until it has ended; returns its exit code."""
        self.kill()
        return self._process.wait()


Server = TypeVar("Server", bound=ServerProcess)


class IdleServers(Generic[Server]):
    """Those of a worker that run nothing. They end after some seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servers: list[Server] = []

    def take(self, key: str) -> Server | None:
        """One for this key. Those of other keys end: it is likely that their code is out of date."""
        with self._lock:
            fitting = [server for server in self._servers if server.key == key and server.lives]
            others = [server for server in self._servers if server not in fitting]
            self._servers = fitting[1:]
        for server in others:
            server.close()
        return fitting[0] if fitting else None

    def add(self, server: Server) -> None:
        with self._lock:
            self._servers.append(server)
        timer = threading.Timer(IDLE_SECONDS, self._end, [server])
        timer.daemon = True
        timer.start()

    def _end(self, server: Server) -> None:
        with self._lock:
            if server not in self._servers:
                return
            self._servers.remove(server)
        server.close()


def server_environment() -> dict[str, str]:
    """`python3` in the commands of the stages is the interpreter of the worker."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED_VARIABLES)}
    folder = str(Path(sys.executable).parent)
    return inherited | {"PATH": os.pathsep.join([folder, inherited.get("PATH", os.defpath)])}
