"""A stage's process hands its work to a fork of one that has loaded the heavy libraries, where `restage run` keeps one.

The fork does what this process would have done: the same words, folder, environment and streams, and the code
that is on disk. This one waits for its exit code, passes signals on, and when it is gone the fork is ended.
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

WHERE = "RESTAGE_WARM"
BEGUN = b"+"
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LENGTH = struct.Struct("!Q")

_HOME = Path(__file__).parents[2]
# What a fork has from its parent and not from disk: the start of the interpreter and of TensorFlow.
_INHERITED = tuple(
    _HOME / name
    for name in (
        "__init__.py",
        "core/runtime/keras.py",
        "core/runtime/parent_process.py",
        "core/runtime/preload_client.py",
    )
)


def likeness() -> list[Any]:
    """A fork stands in only for a process that would have had the same interpreter, packages and start."""
    packages = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    return [sys.version, sys.prefix, str(Path.cwd()), packages, [_state(file) for file in _INHERITED]]


def _state(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def hand_over(folder: str, module: str, words: list[str]) -> None:
    """Ends this process with the fork's exit code; returns when there is nobody to stand in."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(f"{folder}/{module}")
            _ask(line, module, words)
            begun = line.recv(1)
        except (FileNotFoundError, ConnectionError):
            return
        if begun == BEGUN:
            _end(_wait(line))


def _ask(line: socket.socket, module: str, words: list[str]) -> None:
    request = {"module": module, "words": words, "environment": dict(os.environ), "likeness": likeness()}
    text = json.dumps(request).encode()
    socket.send_fds(line, [LENGTH.pack(len(text))], [0, 1, 2])
    line.sendall(text)


def _wait(line: socket.socket) -> int:
    for number in PASSED_ON:
        signal.signal(number, lambda n, _: line.send(bytes([n])))
    try:
        with line.makefile("rb") as answer:
            return int(answer.readline())
    except (ConnectionError, ValueError):
        print("restage: the process that did this stage's work was ended from outside; run it again", file=sys.stderr)
        return 1


def _end(code: int) -> None:
    sys.stderr.flush()
    if code < 0:
        if -code in PASSED_ON:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
