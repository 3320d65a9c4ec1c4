"""Starts a server on 127.0.0.1 for a test, and stops it by its process id."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

INSTALL = "run `make servers`, which installs what the tests with servers need"
START_TIMEOUT = 60
STOP_TIMEOUT = 10
# A server ends by itself after this time, also when the tests were killed.
LIFETIME = 900


@contextmanager
def running(argv: Sequence[str], port: int, log: Path, user: str | None = None) -> Iterator[None]:
    """Wait until the server accepts connections on the port; what it prints is in `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, user=user,
            preexec_fn=lambda: signal.alarm(LIFETIME),
        )  # fmt: skip
    try:
        _wait_until_it_accepts(process, port, log)
        yield
    finally:
        _stop(process)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_accepts(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    printed = log.read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"{process.args!r} does not accept connections on port {port}; {INSTALL}\n{printed}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
