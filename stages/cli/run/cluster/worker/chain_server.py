"""The processes of a worker from which chains are forked, each in a copy of the repository of its own.

Such a process has loaded DVC, dvc.yaml and the libraries of the stages. A chain that failed or was cancelled ends it.
"""

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from stages.cli.run.cluster.worker.server_in_copy import ServerInCopy

MODULE = "stages.cli.run.cluster.worker.run_in_copy"
LOGS = ".dvc/tmp/restage/output"
POLL_SECONDS = 0.25
KILL_SECONDS = 45.0  # the server itself kills a chain that does not end after 30
MAX_LOG_BYTES = 1 << 20
ENDED = "ChainEnded"

Send = Callable[[dict[str, Any]], None]


class ChainServer(ServerInCopy):
    """A process that forks chains, one at a time, until its standard input closes."""

    def __init__(self, key: str, copy: Path, lock: IO[str]) -> None:
        super().__init__(key, copy, lock, ["-m", MODULE])
        self._closing = False

    def stop(self) -> None:
        """The running stage ends, and no other starts; then the process ends."""
        if not self._closing and self._process.stdin is not None:
            self._closing = True
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            timer = threading.Timer(KILL_SECONDS, self.kill)
            timer.daemon = True
            timer.start()

    def close(self) -> int:
        self.stop()
        return self._process.wait()


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
        self._server.send(json.dumps(request))
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
