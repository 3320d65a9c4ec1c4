"""Which worker gets a task, and how a task ends, with a client of Dask in place of a cluster."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stages.cli.run.cluster.cluster_tasks import ClusterTasks, Message, WorkersDied
from stages.cli.run.cluster.connection.cluster_connection import ClusterConnection
from stages.cli.run.cluster.connection.cluster_workers import WorkerPool
from stages.cli.run.execution.executor import Resources
from stages.core.dask_workers.worker_requirements import Requirements
from stages.core.errors import UserError

FINISHED = {"worker": "a", "refused": [], "exit_code": 0}


class KilledWorker(Exception):
    """As Dask's, which is recognised by its name."""


class FakeClient:
    """Each function that is submitted is a future here, which a test ends."""

    status = "running"

    def __init__(self) -> None:
        self.submitted: list[tuple[Future[Any], dict[str, Any]]] = []
        self.handle: Callable[[tuple[float, Message]], None] = lambda _: None

    def subscribe_topic(self, topic: str, handler: Callable[[tuple[float, Message]], None]) -> None:
        self.handle = handler

    def submit(self, function: Any, **options: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.submitted.append((future, options))
        return future

    def scheduler_info(self) -> dict[str, Any]:
        return {"workers": {name: {"name": name} for name in ("a", "b")}}

    def get_versions(self) -> dict[str, Any]:
        return {"workers": {name: {"host": {"python": "3.11.0"}} for name in ("a", "b")}}

    def run(self, function: Any, **options: Any) -> dict[str, Any]:
        return {"a": [], "b": []}

    def message(self, name: str, **content: Any) -> None:
        attempt = self.submitted[-1][1]["key"].rpartition("-")[2]
        self.handle((0.0, {"task": name, "attempt": attempt} | content))


@pytest.fixture(name="client")
def _client() -> FakeClient:
    return FakeClient()


@pytest.fixture(name="explained")
def _explained() -> list[str]:
    return []


@pytest.fixture(name="tasks")
def _tasks(client: FakeClient, explained: list[str]) -> Iterator[ClusterTasks]:
    requirements = Requirements("3.11", "x86_64", "Linux", (), ())
    pool = WorkerPool(cast("Any", client), requirements)
    pool.update()
    connection = cast("ClusterConnection", SimpleNamespace(client=client, pool=pool, place="tcp://scheduler:8786"))
    tasks = ClusterTasks(connection, lambda name, reason: explained.append(f"{name}: {reason}"))
    yield tasks
    tasks.close()


def submit(tasks: ClusterTasks, name: str = "iris") -> "Future[dict[str, Any]]":
    return tasks.submit(name, Resources(), lambda _: {}, lambda _: None)


def test_the_result_is_that_of_the_worker(tasks: ClusterTasks, client: FakeClient) -> None:
    future = submit(tasks)
    client.submitted[0][0].set_result(FINISHED)
    assert future.result(0) == FINISHED


def test_a_task_that_a_worker_refuses_goes_to_another(
    tasks: ClusterTasks, client: FakeClient, explained: list[str]
) -> None:
    future = submit(tasks)
    client.submitted[0][0].set_result(FINISHED | {"refused": ["numpy is 1.0, needed is 2.0"]})
    assert explained == ["iris: worker a is not used: numpy is 1.0, needed is 2.0"]
    assert client.submitted[1][1]["workers"] == ["b"]
    client.submitted[1][0].set_result(FINISHED)
    assert future.result(0) == FINISHED


def test_errors_are_messages(tasks: ClusterTasks, client: FakeClient) -> None:
    killed, wrong = submit(tasks, "killed"), submit(tasks, "wrong")
    client.submitted[0][0].set_exception(KilledWorker())
    client.submitted[1][0].set_exception(ValueError("no\nsuch key"))
    with pytest.raises(WorkersDied, match="killed: the workers that ran it died one after another"):
        killed.result(0)
    with pytest.raises(UserError, match="wrong: the worker could not run it: no such key"):
        wrong.result(0)


def test_only_what_has_not_begun_is_stopped_when_asked_so(tasks: ClusterTasks, client: FakeClient) -> None:
    begun = submit(tasks, "begun")
    client.message("begun", began=True)
    waiting = submit(tasks, "waiting")
    tasks.stop(waiting_only=True)
    assert waiting.cancelled()
    assert client.submitted[1][0].cancelled()
    client.submitted[0][0].set_result(FINISHED)
    assert begun.result(0) == FINISHED
    later = submit(tasks, "later")
    client.submitted[2][0].set_result(FINISHED)
    assert later.result(0) == FINISHED


def test_a_stop_waits_until_the_worker_says_that_the_process_has_ended(tasks: ClusterTasks, client: FakeClient) -> None:
    future = submit(tasks)
    client.message("iris", began=True)
    tasks.stop()
    assert client.submitted[0][0].cancelled()
    assert not future.done()
    client.message("iris", ended=True)
    assert future.cancelled()
    assert submit(tasks, "later").cancelled()


def test_a_second_stop_waits_for_nothing(tasks: ClusterTasks, client: FakeClient) -> None:
    future = submit(tasks)
    client.message("iris", began=True)
    tasks.stop()
    tasks.stop()
    assert future.cancelled()


def test_a_lost_scheduler_ends_all_tasks_and_those_that_follow(tasks: ClusterTasks, client: FakeClient) -> None:
    future = submit(tasks)
    client.status = "closed"
    with pytest.raises(UserError, match="the Dask scheduler of --on tcp://scheduler:8786 does not answer any more"):
        future.result(30)
    with pytest.raises(UserError, match="does not answer any more"):
        submit(tasks, "later").result(0)
