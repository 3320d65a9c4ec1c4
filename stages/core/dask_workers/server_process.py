"""Processes of a worker that are kept for the next task of the same kind. They are sent to the worker by value.

Starting Python and loading the libraries takes longer than many a chain, trial or fold.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

# Set in a process that DVC started; what runs here is not a part of such a run.
OF_A_RUN = ("DVC_STAGE", "DVC_ROOT", "DVC_EXP_", "RESTAGE_PRELOADED", "RESTAGE_MEMORY")
# What runs on a worker gives no work to other workers: it would wait for ever if all of them waited like this.
REMOVED_VARIABLES = (*OF_A_RUN, "RESTAGE_STAGE_WORKERS")
IDLE_SECONDS = 30.0
POLL_SECONDS = 0.25
MAX_MESSAGE_BYTES = 2000
NO_VARIABLES: Mapping[str, str] = {}


class ServerProcess:
    """A Python process with these arguments in `folder`. Its input closes also if this process ends.

    Only tasks with the same `key` may use it. What it prints to standard error is in the file `errors`.
    """

    def __init__(
        self,
        key: str,
        folder: Path,
        arguments: Sequence[str],
        errors: Path,
        environment: Mapping[str, str] = NO_VARIABLES,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.key = key
        self.lines = queue.SimpleQueue[bytes | None]()  # of its output; None is its end
        self.errors = errors
        with errors.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, *arguments], cwd=folder, env={**server_environment(), **environment},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, start_new_session=True, pass_fds=pass_fds,
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

    def run(self, line: str, is_cancelled: Callable[[], bool]) -> bytes | None:
        """The line that it answers; None if the process has ended, as it does when it is cancelled."""
        self.send(line)
        while True:
            try:
                return self.lines.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if is_cancelled():
                    self.kill()

    def kill(self) -> None:
        """What it started ends with it."""
        if self.lives:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> int:
        """End it, and wait until it has ended; returns its exit code."""
        self.kill()
        return self._process.wait()

    def end_reason(self) -> str:
        """How the process ended, after it did."""
        code = self.close()
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"ended by itself with exit code {code}: {last_text(self.errors)}"


def last_text(file: Path) -> str:
    return file.read_bytes()[-MAX_MESSAGE_BYTES:].decode(errors="replace").strip()


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
