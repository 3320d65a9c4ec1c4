"""The server as a process: how it starts, stops, and starts again."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.inference.serve.serve_small_model import SLOW_LENGTH
from tests.inference.serve.started_server import Client

LARGE = {"length": 3, "width": 3}
COMMAND = [sys.executable, "-m", "tests.inference.serve.serve_small_model"]
# It ends by itself after this time, also when the tests were killed.
LIFETIME = 120


@contextmanager
def process(port: int = 0) -> Iterator[tuple["subprocess.Popen[str]", Client]]:
    with subprocess.Popen(
        [*COMMAND, str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.alarm(LIFETIME),
    ) as started:  # fmt: skip
        try:
            assert started.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:(\d+)", started.stdout.readline())
            assert found is not None
            yield started, Client(int(found[1]))
        finally:
            started.kill()


def wait_for_slow_answer(server: "subprocess.Popen[str]") -> None:
    """The model runs when this returns."""
    assert server.stdout is not None
    while "a slow answer" not in (line := server.stdout.readline()):
        assert line


def check_log(stderr: str) -> list[dict[str, object]]:
    """Every line is JSON: there is no traceback and no other message."""
    return [json.loads(line) for line in stderr.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_stops_it_when_all_requests_have_their_answer(number: signal.Signals) -> None:
    with process() as (server, client), ThreadPoolExecutor(2) as threads:
        client.predict(LARGE)
        waiting = threads.submit(client.predict, {"length": SLOW_LENGTH, "width": 3})
        wait_for_slow_answer(server)
        server.send_signal(number)
        assert waiting.result().status == 200
        _, stderr = server.communicate(timeout=60)
        assert server.returncode == 0
    assert [line["status"] for line in check_log(stderr)] == [200, 200]


def test_a_port_in_use_is_said() -> None:
    with process() as (_, client):
        second = subprocess.run([*COMMAND, str(client.port)], capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 1
    assert second.stdout == ""
    assert f"127.0.0.1:{client.port}" in second.stderr
    assert "--port" in second.stderr
    assert len(second.stderr.splitlines()) == 1


@pytest.mark.long
def test_it_starts_again_on_the_same_port_after_it_was_killed() -> None:
    with process() as (server, client), ThreadPoolExecutor(8) as threads:
        port = client.port
        assert client.predict(LARGE).status == 200
        broken = [threads.submit(client.predict, {"length": SLOW_LENGTH, "width": 3}) for _ in range(8)]
        wait_for_slow_answer(server)
        server.kill()
        assert server.wait(20) == -signal.SIGKILL
        assert all(future.exception() is not None for future in broken)
    for _ in range(3):
        with process(port) as (server, client):
            assert client.port == port
            assert client.predict(LARGE).status == 200
            server.kill()
            server.wait(20)
