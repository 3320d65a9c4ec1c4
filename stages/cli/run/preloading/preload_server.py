"""Loads the libraries of a group of stages, then forks.

It is called as `python3 -m stages.cli.run.preloading.preload_server FOLDER GROUP`.

A stage's process (core/runtime/preload_client.py) connects to the socket of its module, and a fork does the stage's
work. Our modules are loaded beforehand too; a fork that finds other code on disk forgets them and imports what is
there. It has the streams, the folder and the environment of the stage's process. So it writes the same bytes.
"""

import atexit
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from stages.cli.run.preloading.loaded_code import PACKAGE, load_code, use_code_on_disk
from stages.core.files.file_states import file_states
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_numpy
from stages.core.runtime.parent_process import end_with_parent
from stages.core.runtime.preload_client import ACCEPTED, FOLDER_VARIABLE, LENGTH, process_identity

KERAS, TABLES = "keras", "tables"
MODULES = {
    KERAS: ("stages.train", "stages.evaluate", "stages.export"),
    TABLES: ("stages.download", "stages.validate", "stages.preprocess", "stages.report", "stages.report.summary_stage"),
}
# What the stages import, some of it when they have checked their parameters.
CODE = {
    KERAS: (
        "stages.train.__main__",
        "stages.train.backtest.train_folds",
        "stages.train.model.save_model",
        "stages.train.training_files",
        "stages.evaluate.__main__",
        "stages.evaluate.backtest.evaluate_folds",
        "stages.inference.keras_model.load_model",
        "stages.export.__main__",
    ),
    TABLES: (
        "stages.download.__main__",
        "stages.validate.__main__",
        "stages.preprocess.__main__",
        "stages.report.__main__",
        "stages.report.summary_stage",
    ),
}
# Functions to call when the code is loaded; what they make is the same for all datasets.
PREPARATIONS = {TABLES: (("stages.report.rendering.render_template", "compile_templates"),)}
TABLE_LIBRARIES = (
    "jinja2",
    "matplotlib.cbook",
    "packaging.markers",
    "PIL.Image",
    "pyarrow.csv",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
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
# With scikit-learn for the baselines of evaluate: Keras would import its wrappers of it if it were loaded before.
LIBRARIES_AFTER_KERAS = ("packaging.markers", "sklearn.ensemble", "sklearn.linear_model")
RECEIVE_TIMEOUT = 10.0


@dataclass
class Request:
    """A stage's process asks for a fork: its connection, its three standard streams, and what to run."""

    connection: socket.socket
    streams: list[int]
    content: dict[str, Any]


@dataclass
class Fork:
    """A running stage, and the connection to the process that asked for it."""

    process: int
    process_fd: int
    connection: socket.socket


class ForkServer:
    """Waits for requests, for signals to pass on, and for forks to end. Stops accepting when `parent_input` closes."""

    def __init__(self, listeners: Sequence[socket.socket], parent_input: int) -> None:
        self.identity = process_identity()
        self.parent_input = parent_input
        self.listeners = list(listeners)
        self.forks: list[Fork] = []
        self.selector = selectors.DefaultSelector()
        self.selector.register(parent_input, selectors.EVENT_READ)
        for listener in listeners:
            self.selector.register(listener, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Returns in every fork, with the request that it serves, and once in the server when all has ended."""
        while self.listeners or self.forks:
            for key, _ in self.selector.select():
                if isinstance(key.data, Fork):
                    self._handle_fork(key.data, ended=key.fd == key.data.process_fd)
                elif key.fd == self.parent_input:
                    self._stop_accepting()
                elif isinstance(key.fileobj, socket.socket) and (request := self._accept(key.fileobj)):
                    return request
        return None

    def _accept(self, listener: socket.socket) -> Request | None:
        """The request, in the fork that serves it."""
        connection, _ = listener.accept()
        request = receive_request(connection)
        if request is None or not self._can_serve(request):
            close_all(request.streams if request else [])
            connection.close()
            return None
        server = os.getpid()
        process = os.fork()
        if process == 0:
            self._leave_server(server)
            return request
        close_all(request.streams)
        with suppress(ConnectionError):
            connection.send(ACCEPTED)
        fork = Fork(process, os.pidfd_open(process), connection)
        self.forks.append(fork)
        self.selector.register(fork.connection, selectors.EVENT_READ, fork)
        self.selector.register(fork.process_fd, selectors.EVENT_READ, fork)
        return None

    def _can_serve(self, request: Request) -> bool:
        """The servers of the tests serve repositories in other folders too."""
        return bool(request.content["identity"] == self.identity)

    def _handle_fork(self, fork: Fork, ended: bool) -> None:
        """The connection carries the numbers of signals; that it is closed means that the process which asked died."""
        if fork not in self.forks:
            return
        if ended:
            self._send_exit_code(fork)
            return
        signals = b""
        with suppress(ConnectionError):
            signals = fork.connection.recv(16)
        if not signals:
            self.selector.unregister(fork.connection)
        for number in signals or [signal.SIGKILL]:
            signal.pidfd_send_signal(fork.process_fd, number)

    def _send_exit_code(self, fork: Fork) -> None:
        self.forks.remove(fork)
        self.selector.unregister(fork.process_fd)
        if fork.connection in self.selector.get_map():
            self.selector.unregister(fork.connection)
        os.close(fork.process_fd)
        _, status = os.waitpid(fork.process, 0)
        with suppress(ConnectionError):
            fork.connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        fork.connection.close()

    def _stop_accepting(self) -> None:
        self.selector.unregister(self.parent_input)
        for listener in self.listeners:
            self.selector.unregister(listener)
            Path(listener.getsockname()).unlink(missing_ok=True)
            listener.close()
        self.listeners.clear()

    def _leave_server(self, server: int) -> None:
        """In a fork: close what is the server's, and end with it, since it reports the exit code."""
        os.setpgid(0, 0)
        end_with_parent(server)
        self.selector.close()
        for listener in self.listeners:
            listener.close()
        for fork in self.forks:
            fork.connection.close()
            os.close(fork.process_fd)


def receive_request(connection: socket.socket) -> Request | None:
    """None if the other process died before all was sent."""
    connection.settimeout(RECEIVE_TIMEOUT)
    streams: list[int] = []
    try:
        length, streams, _, _ = socket.recv_fds(connection, LENGTH.size, 3)
        with connection.makefile("rb") as message:
            content = json.loads(message.read(*LENGTH.unpack(length)))
    except (OSError, ValueError, struct.error):
        close_all(streams)
        return None
    connection.settimeout(None)
    return Request(connection, streams, content)


def close_all(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def apply_client_state(request: Request) -> None:
    """Make this process, a fork, like the one that asked: its streams, environment, arguments and signals."""
    request.connection.close()
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    close_all(request.streams)
    os.environ.clear()
    os.environ.update(request.content["environment"])
    os.environ.pop(FOLDER_VARIABLE, None)  # or this process would ask for a fork again
    sys.argv[1:] = [str(argument) for argument in request.content["argv"]]
    signal.signal(signal.SIGINT, signal.default_int_handler)


def load_libraries(group: str) -> None:
    """With the settings that the stages make before they load them."""
    if group == KERAS:
        keras_runtime.start_keras(threads=1)
    else:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in LIBRARIES_AFTER_KERAS if group == KERAS else TABLE_LIBRARIES:
        import_module(name)


def run_module(module: str) -> None:
    """Run a module as `__main__`, and end the process.

    Python would release each object of the libraries, and so copy the memory that the fork shares with the server.
    """
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    if threading.active_count() == 1:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def main(folder: Path, group: str) -> None:
    pin_numpy()
    collect_garbage_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Bound before the libraries are loaded: a stage that connects meanwhile waits, and gains from what is done.
    listeners = [socket.socket(socket.AF_UNIX) for _ in MODULES[group]]
    for listener, module in zip(listeners, MODULES[group], strict=True):
        listener.bind(str(folder / module))
        listener.listen()
    server, code = ForkServer(listeners, sys.stdin.fileno()), file_states(PACKAGE)
    load_libraries(group)
    load_code(CODE.get(group, ()))
    for module, function in PREPARATIONS.get(group, ()):
        getattr(import_module(module), function)()
    gc.freeze()
    request = server.serve()
    if request is not None:
        apply_client_state(request)
        use_code_on_disk(code)
        run_module(request.content["module"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
