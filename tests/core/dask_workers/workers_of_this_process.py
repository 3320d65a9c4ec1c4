"""Workers that call each function in this process, in place of those of Dask."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from distributed.protocol import deserialize_bytes, serialize_bytes

from stages.core.dask_workers import call_on_workers
from stages.core.dask_workers.call_server import answer
from stages.core.dask_workers.stage_workers import STAGE_WORKERS


class WorkersOfThisProcess:
    """`called` has the bytes of each call with its threads and process, in the order of the calls."""

    threads = 2

    def __init__(self) -> None:
        self.called: list[tuple[int, int, str]] = []

    def submit(self, function: bytes, threads: int, process: str) -> Callable[[], "Future[Any]"]:
        self.called.append((len(function), threads, process))

        def send() -> Future[Any]:
            future: Future[Any] = Future()
            content = serialize_bytes(answer(deserialize_bytes(function)))
            future.set_result({"worker": "w", "refused": [], "content": content})
            return future

        return send


def use_workers_of_this_process(monkeypatch: pytest.MonkeyPatch) -> WorkersOfThisProcess:
    workers = WorkersOfThisProcess()
    monkeypatch.setenv(STAGE_WORKERS, "tcp://none:1")
    monkeypatch.setattr(call_on_workers, "connected_workers", lambda _: workers)
    return workers
