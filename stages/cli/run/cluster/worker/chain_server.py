"""The processes of a worker from which chains are forked, each in a copy of the repository of its own.

Starting Python, loading DVC, reading dvc.yaml and loading the libraries of the stages take longer than many a chain.
So the process that has done this is kept for the next chain, for some seconds. A chain that failed or was cancelled
ends it.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

MODULE = "stages.cli.run.cluster.worker.run_in_copy"
MEMORY_VARIABLE = "RESTAGE_MEMORY"
LOGS = ".dvc/tmp/restage/output"
# Set in a process that DVC started; a chain here is not a part of such a run.
REMOVED_VARIABLES = ("DVC_STAGE", "DVC_ROOT", "DVC_EXP_", "RESTAGE_PRELOADED", MEMORY_VARIABLE)
POLL_SECONDS, IDLE_SECONDS = 0.25, 30.0
KILL_SECONDS = 45.0  # the server itself kills a chain that does not end after 30
MAX_LOG_BYTES = 1 << 20
ENDED = "ChainEnded"

Send = Callable[[dict[str, Any]], None]


class ChainServer:
    """A process that forks chains in `copy`, one at a time, until its standard input closes: also if this process ends.

    It holds the lock of the copy. Only chains with the same `key` may use it.
    """

    def __init__(self, key: str, copy: Path, lock: IO[str]) -> None:
        self.key = key
        self.copy = copy
        self.lines = queue.SimpleQueue[bytes | None]()
        self.errors = copy.with_suffix(".log")
        self._closing = False
        with self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE], cwd=copy, env=server_environment(), stdin=subprocess.PIPE,
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

    def request(self, content: Mapping[str, Any]) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(content).encode() + b"\n")
                self._process.stdin.flush()

    def stop(self) -> None:
        """The running stage ends, and no other starts; then the process ends."""
        if not self._closing and self._process.stdin is not None:
            self._closing = True
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            timer = threading.Timer(KILL_SECONDS, self._kill)
            timer.daemon = True
            timer.start()

    def _kill(self) -> None:
        """The chain that it forked ends with it."""
        if self.lives:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> int:
        """Stop it, and wait until it has ended; returns its exit code."""
        self.stop()
        return self._process.wait()


class IdleServers:
    """Those of a worker that run no chain. They end after some seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servers: list[ChainServer] = []

    def take(self, key: str) -> ChainServer | None:
        """One for this key. Those of other keys end: it is likely that their code is out of date."""
        with self._lock:
            fitting = [server for server in self._servers if server.key == key and server.lives]
            others = [server for server in self._servers if server not in fitting]
            self._servers = fitting[1:]
        for server in others:
            server.close()
        return fitting[0] if fitting else None

    def add(self, server: ChainServer) -> None:
        with self._lock:
            self._servers.append(server)
        timer = threading.Timer(IDLE_SECONDS, self._end, [server])
        timer.daemon = True
        timer.start()

    def _end(self, server: ChainServer) -> None:
        with self._lock:
            if server not in self._servers:
                return
            self._servers.remove(server)
        server.close()


class ChainOnServer:
    """Runs one chain, and sends its events and what its stages print."""

    def __init__(self, server: ChainServer, chain: str, send: Send) -> None:
        self._server = server
        self._chain = chain
        self._send = send
        self._log = LogReader(server.copy)
        self._stage: str | None = None
        self._exit_code: int | None = None
        self.finished: list[str] = []

    def run(self, request: Mapping[str, Any], is_cancelled: Callable[[], bool]) -> int:
        """The exit code of the chain."""
        for stage in request["stages"]:
            (self._server.copy / LOGS / f"{stage}.txt").unlink(missing_ok=True)
        printed = self._server.errors.stat().st_size
        self._server.request(request)
        while self._exit_code is None:
            self._forward()
            if is_cancelled():
                self._server.stop()
        if self._exit_code and self._stage is None:
            first = request["stages"][0]
            self._send({"event": ["StageStarted", self._chain, first]})
            text = self._server.errors.read_bytes()[printed:][-MAX_LOG_BYTES:]
            self._send({"event": ["StageFailed", self._chain, first, text.decode(errors="replace")]})
        return self._exit_code

    def _forward(self) -> None:
        """Send the next event, and what the stage has printed until then."""
        try:
            line = self._server.lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            line = b""
        if self._stage is not None:
            for offset, text in self._log.read(self._stage):
                self._send({"log": self._stage, "offset": offset, "text": text})
        if line is None:
            self._exit_code = self._server.close() or 1
        elif line:
            self._handle(*json.loads(line))

    def _handle(self, name: str, *fields: Any) -> None:
        if name == ENDED:
            [self._exit_code] = fields
            return
        self._stage = fields[1]
        if name == "StageFinished":
            self.finished.append(fields[1])
        self._send({"event": [name, *fields]})


def server_environment() -> dict[str, str]:
    """`python3` in the commands of the stages is the interpreter of the worker."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED_VARIABLES)}
    folder = str(Path(sys.executable).parent)
    return inherited | {"PATH": os.pathsep.join([folder, inherited.get("PATH", os.defpath)])}


class LogReader:
    """Reads what was added to the output of a stage since the last time."""

    def __init__(self, copy: Path) -> None:
        self._folder = copy / LOGS
        self._offsets: dict[str, int] = {}

    def read(self, stage: str) -> Iterator[tuple[int, bytes]]:
        file = self._folder / f"{stage}.txt"
        if not file.is_file():
            return
        with file.open("rb") as content:
            content.seek(self._offsets.get(stage, 0))
            while text := content.read(MAX_LOG_BYTES):
                yield self._offsets.get(stage, 0), text
                self._offsets[stage] = content.tell()
