"""What a worker does for a call, with a real process and without Dask's worker."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed.protocol import deserialize_bytes, serialize_bytes

from stages.core.dask_workers import call_task
from stages.core.dask_workers.call_answer import CallAnswer
from stages.core.dask_workers.call_task import Place, run_call
from stages.core.dask_workers.fitting_workers import CODE
from stages.core.dask_workers.server_process import IdleServers, server_environment
from stages.core.dask_workers.worker_requirements import requirements_of
from stages.core.errors import UserError


class FakeTask:
    """Of a worker whose files are in `folder`."""

    idle: IdleServers[Any]
    worker: SimpleNamespace
    cancelled = False

    def is_cancelled(self) -> bool:
        return self.cancelled

    def idle_servers(self, kind: str) -> IdleServers[Any]:
        return self.idle


@pytest.fixture(name="place")
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    clone, own = tmp_path / "clone", tmp_path / "worker"
    for folder in (clone, own):
        folder.mkdir()
    (clone / "probe").touch()
    FakeTask.idle = IdleServers()
    FakeTask.worker = SimpleNamespace(address="tcp://a:1", local_directory=str(own))
    monkeypatch.setattr(call_task, "DaskTask", FakeTask)
    yield Place(str(clone), str(CODE), str(clone / "probe"), requirements_of([]))
    FakeTask.idle.take("none")


def answer(place: Place, function: Any) -> CallAnswer[Any]:
    found: CallAnswer[Any] = deserialize_bytes(run_call("key", place, serialize_bytes(function))["content"])
    return found


def test_calls_of_a_key_share_a_process_that_is_prepared_as_a_stage(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESTAGE_STAGE_WORKERS", "tcp://scheduler:8786")
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "")
    first, second = (answer(place, os.getpid).result for _ in range(2))
    assert first is not None
    assert first == second != (os.getpid(),)
    assert answer(place, os.getcwd).result == (place.clone,)
    # On x86_64, which the tests run on, NumPy takes no newer instructions.
    names = ("OMP_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES", "RESTAGE_STAGE_WORKERS")
    found = [answer(place, partial(os.getenv, name)).result for name in names]
    assert found == [("1",), ("X86_V4 AVX512_ICL AVX512_SPR",), (None,)]
    assert answer(place, partial(int, "x")).failure is not None
    assert answer(place, partial(fail, "wrong")).messages == ("wrong",)
    killed = run_call("key", place, serialize_bytes(partial(os._exit, 3)))
    assert killed["ended"].startswith("ended by itself with exit code 3")
    assert answer(place, os.getpid).result != first


def fail(message: str) -> None:
    raise UserError(message)


def test_a_worker_that_sees_other_files_refuses(place: Place) -> None:
    Path(place.probe).unlink()
    found = run_call("key", place, b"")
    assert found == {"worker": "tcp://a:1", "refused": [f"it does not see the files of {place.clone}"]}


def test_a_cancelled_call_ends_its_process(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeTask, "cancelled", True)
    found = run_call("key", place, serialize_bytes(partial(sleep, 600)))
    assert found["ended"] == "killed by SIGKILL"


def sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)


def test_what_runs_on_a_worker_waits_for_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """All workers may run chains, so that a stage which waits for one would wait for ever."""
    monkeypatch.setenv("RESTAGE_STAGE_WORKERS", "tcp://scheduler:8786")
    assert "RESTAGE_STAGE_WORKERS" not in server_environment()
