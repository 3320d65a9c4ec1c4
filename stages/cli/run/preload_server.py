"""`python3 -m stages.cli.run.preload_server FOLDER KIND`: has loaded what a kind of stage needs, and forks for each.

Only libraries are loaded beforehand. Modules of ours are loaded in the fork, from what is on disk by then. The
streams, the folder and the environment are those of the process that asks; so are the bits of what it writes.
"""

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.parent_process import end_with_parent
from stages.core.runtime.preload_client import BEGUN, LENGTH, likeness

KERAS, TABLES = "keras", "tables"
SERVES = {
    KERAS: ("stages.train", "stages.evaluate"),
    TABLES: ("stages.download", "stages.validate", "stages.preprocess", "stages.report", "stages.report.suite_summary"),
}
LIBRARIES = (
    "jinja2",
    "matplotlib.cbook",
    "PIL.Image",
    "pyarrow.csv",
    "pyarrow.parquet",
    "pydantic",
    "requests",
    "sklearn.datasets",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "yaml",
    "great_expectations",
    "great_expectations.expectations.registry",
)
PATIENCE = 10.0


@dataclass
class Request:
    line: socket.socket
    streams: list[int]
    content: dict[str, Any]

    def close(self) -> None:
        close(self.streams)
        self.line.close()


@dataclass
class Fork:
    """A stage at work, and the line to the process that asked for it."""

    process: int
    line: socket.socket
    end: int


class Forking:
    """Waits for requests, for the ends of forks and for those who asked; without `asker` it takes no more."""

    def __init__(self, listeners: Sequence[socket.socket], asker: int) -> None:
        self.own = likeness()
        self.asker = asker
        self.listeners = list(listeners)
        self.forks: list[Fork] = []
        self.events = selectors.DefaultSelector()
        self.events.register(asker, selectors.EVENT_READ)
        for listener in listeners:
            self.events.register(listener, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Returns in every fork with what it has to do, and at the end, with nothing."""
        while self.listeners or self.forks:
            for key, _ in self.events.select():
                if isinstance(key.data, Fork):
                    self._attend(key.data, ended=key.fd == key.data.end)
                elif key.fd == self.asker:
                    self._retire()
                elif isinstance(key.fileobj, socket.socket) and (request := self._answer(key.fileobj)):
                    return request
        return None

    def _answer(self, listener: socket.socket) -> Request | None:
        line, _ = listener.accept()
        request = received(line)
        if request is None:
            line.close()
            return None
        if not self._may_stand_in(request):
            request.close()
            return None
        own = os.getpid()
        process = os.fork()
        if process == 0:
            self._leave(own)
            return request
        close(request.streams)
        with suppress(ConnectionError):
            line.send(BEGUN)
        self._watch(Fork(process, line, os.pidfd_open(process)))
        return None

    def _may_stand_in(self, request: Request) -> bool:
        return bool(request.content["likeness"] == self.own)

    def _watch(self, fork: Fork) -> None:
        self.forks.append(fork)
        self.events.register(fork.line, selectors.EVENT_READ, fork)
        self.events.register(fork.end, selectors.EVENT_READ, fork)

    def _attend(self, fork: Fork, ended: bool) -> None:
        if fork not in self.forks:
            return
        if ended:
            self._conclude(fork)
            return
        signals = b""
        with suppress(ConnectionError):
            signals = fork.line.recv(16)
        if not signals:
            self.events.unregister(fork.line)
        for number in signals or [signal.SIGKILL]:
            signal.pidfd_send_signal(fork.end, number)

    def _conclude(self, fork: Fork) -> None:
        self.forks.remove(fork)
        self.events.unregister(fork.end)
        if fork.line in self.events.get_map():
            self.events.unregister(fork.line)
        os.close(fork.end)
        _, status = os.waitpid(fork.process, 0)
        with suppress(ConnectionError):
            fork.line.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        fork.line.close()

    def _retire(self) -> None:
        self.events.unregister(self.asker)
        for listener in self.listeners:
            self.events.unregister(listener)
            Path(listener.getsockname()).unlink(missing_ok=True)
            listener.close()
        self.listeners.clear()

    def _leave(self, parent: int) -> None:
        """A fork keeps no line but its own three streams, and does not outlive what waits for its end."""
        os.setpgid(0, 0)
        end_with_parent(parent)
        self.events.close()
        for listener in self.listeners:
            listener.close()
        for fork in self.forks:
            fork.line.close()
            os.close(fork.end)


def received(line: socket.socket) -> Request | None:
    """Nothing from one that went away in the middle."""
    line.settimeout(PATIENCE)
    streams: list[int] = []
    try:
        head, streams, _, _ = socket.recv_fds(line, LENGTH.size, 3)
        with line.makefile("rb") as rest:
            content = json.loads(rest.read(*LENGTH.unpack(head)))
    except (OSError, ValueError, struct.error):
        close(streams)
        return None
    line.settimeout(None)
    return Request(line, streams, content)


def close(streams: Sequence[int]) -> None:
    for stream in streams:
        os.close(stream)


def become(request: Request) -> list[str]:
    """The process that asked: its streams, environment and words."""
    request.line.close()
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    close(request.streams)
    os.environ.clear()
    os.environ.update(request.content["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return [str(word) for word in request.content["words"]]


def load(kind: str) -> None:
    """With the settings that the stages themselves make before they load these."""
    if kind == KERAS:
        keras_runtime.start_keras(threads=1)
        return
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in LIBRARIES:
        import_module(name)


def forget_our_own() -> None:
    for name in [name for name in sys.modules if name.startswith("stages.")]:
        del sys.modules[name]


def main(folder: Path, kind: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listeners = [socket.socket(socket.AF_UNIX) for _ in SERVES[kind]]
    for listener, module in zip(listeners, SERVES[kind], strict=True):
        listener.bind(str(folder / module))
        listener.listen()
    forking = Forking(listeners, asker=sys.stdin.fileno())
    load(kind)
    forget_our_own()
    gc.freeze()
    request = forking.serve()
    if request is not None:
        sys.argv[1:] = become(request)
        runpy.run_module(request.content["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
