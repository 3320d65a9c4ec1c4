"""Hands a stage's work to a fork of a process that has the heavy libraries loaded, if `restage run` keeps one.

The fork does what this process would have done: the same arguments, folder, environment and streams, and the code that
is on disk. This process waits for its exit code and passes signals on; if this process ends, the fork is ended too.
"""

import json
import os
import signal
import socket
import struct
import sys
import sysconfig
from pathlib import Path
from typing import Any

# The environment variable that names the folder with the sockets of the preloaded processes.
FOLDER_VARIABLE = "RESTAGE_PRELOADED"
ACCEPTED = b"+"
FORWARDED_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LENGTH = struct.Struct("!Q")

_PACKAGE = Path(__file__).parents[2]
# Code that a fork has already loaded and does not read from disk again.
_LOADED_CODE = tuple(
    _PACKAGE / "core/runtime" / name for name in ("bootstrap.py", "keras.py", "parent_process.py", "preload_client.py")
)


def process_identity() -> list[Any]:
    """What must be equal for a fork to stand in: interpreter, packages, working folder, and code that stays loaded."""
    packages = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    code = [[status.st_size, status.st_mtime_ns] for status in map(Path.stat, _LOADED_CODE)]
    return [sys.version, sys.prefix, str(Path.cwd()), packages, code]


def delegate_to_fork(folder: str, module: str, argv: list[str]) -> None:
    """End this process with the fork's exit code; return if there is no preloaded process for the module."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(f"{folder}/{module}")
            _ask(connection, module, argv)
            answer = connection.recv(1)
        except (FileNotFoundError, ConnectionError):
            return
        if answer == ACCEPTED:
            _end(_wait(connection))


def _ask(connection: socket.socket, module: str, argv: list[str]) -> None:
    request = {"module": module, "argv": argv, "environment": dict(os.environ), "identity": process_identity()}
    text = json.dumps(request).encode()
    socket.send_fds(connection, [LENGTH.pack(len(text))], [0, 1, 2])
    connection.sendall(text)


def _wait(connection: socket.socket) -> int:
    """The fork's exit code; a negative one is a signal."""
    for number in FORWARDED_SIGNALS:
        signal.signal(number, lambda n, _: connection.send(bytes([n])))
    try:
        with connection.makefile("rb") as answer:
            return int(answer.readline())
    except (ConnectionError, ValueError):
        print("restage: the process that ran this stage was ended from outside; run it again", file=sys.stderr)
        return 1


def _end(code: int) -> None:
    sys.stderr.flush()
    if code < 0:
        if -code in FORWARDED_SIGNALS:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
