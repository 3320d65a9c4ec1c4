"""A worker process, as the command sees it."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from stages.core.files.atomic_write import explain_write_errors


class Worker:
    """The process is started at once. What it prints goes to the log."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self.log = log
        self.has_setup = False
        self._received = b""
        with explain_write_errors(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            file = log.open("ab")
        with file:
            # In a session of its own: a Ctrl-C in the terminal is for the command, which ends its workers.
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, start_new_session=True
            )

    @property
    def output(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def send(self, line: str) -> None:
        """That the process has ended is noticed by the end of its output."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def receive(self) -> bytes | None:
        """A whole line, empty if it is not yet complete; None if the process has ended."""
        received = os.read(self.output.fileno(), 65536)
        self._received += received
        if self._received.endswith(b"\n"):
            line, self._received = self._received, b""
            return line
        return b"" if received else None

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.output.close()
        with suppress(BrokenPipeError):
            assert self.process.stdin is not None
            self.process.stdin.close()

    def end_reason(self) -> str:
        """How the process ended, after it did."""
        code = self.process.wait()
        if code < 0:
            return f"killed by {signal.Signals(-code).name}; if memory is short, use fewer --jobs"
        return f"ended by itself with exit code {code}; see {self.log}"
