"""Runs functions on the workers of a Dask cluster that fit, and says why one waits."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

from stages.cli.run.cluster.connection.cluster_connection import ClusterConnection
from stages.cli.run.cluster.connection.cluster_workers import missing_resource
from stages.cli.run.cluster.worker.worker_task import Attempt
from stages.cli.run.execution.executor import Resources
from stages.core.errors import UserError

POLL_SECONDS, STOP_SECONDS = 1.0, 30.0
RUNNING = "running"

# Called on a worker; returns the fields of a TaskResult.
RunOnWorker = Callable[[Attempt], dict[str, Any]]
Message = dict[str, Any]


@dataclass
class _Task:
    """`allowed` are the workers that may run it; None stands for all."""

    name: str
    resources: Resources
    run: RunOnWorker
    on_message: Callable[[Message], None]
    future: "Future[dict[str, Any]]" = field(default_factory=Future)
    attempt: str = ""
    on_dask: Any = None
    allowed: set[str] | None = None
    began: bool = False
    reason: str | None = None


class WorkersDied(UserError):
    """Dask gave a task to one worker after another, and all died."""


class ClusterTasks:
    """`explain` gets a task's name, and why it waits."""

    def __init__(self, connection: ClusterConnection, explain: Callable[[str, str], None]) -> None:
        self._client = connection.client
        self._pool = connection.pool
        self._place = connection.place
        self._explain = explain
        self._tasks: dict[str, _Task] = {}
        self._lock = threading.RLock()
        self._stopped_at: float | None = None
        self._lost = False
        self._topic = f"restage-{uuid.uuid4().hex}"
        self._client.subscribe_topic(self._topic, self._handle_message)
        self._closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def submit(
        self, name: str, resources: Resources, run: RunOnWorker, on_message: Callable[[Message], None]
    ) -> "Future[dict[str, Any]]":
        """The fields of a TaskResult without `refused`. The future is cancelled if the task was stopped."""
        task = _Task(name, resources, run, on_message)
        with self._lock:
            self._tasks[name] = task
        if self._lost:
            self._fail(task, UserError(lost_scheduler(self._place)))
        else:
            self._send(task)
        return task.future

    def stop(self, waiting_only: bool = False) -> None:
        """End all tasks; their processes end, and workers say when they have. Called again, wait for none of them.

        With `waiting_only`, end those that have not begun; others may follow.
        """
        with self._lock:
            again = self._stopped_at is not None
            if not waiting_only:
                self._stopped_at = self._stopped_at or monotonic()
            tasks = [task for task in self._tasks.values() if not (waiting_only and task.began)]
        for task in tasks:
            if task.on_dask is not None and not again:
                task.on_dask.cancel()
            if again or not task.began:
                self._cancel(task)

    def _send(self, task: _Task) -> None:
        with self._lock:
            if self._stopped_at is not None:
                self._cancel(task)
                return
            task.attempt, task.began = uuid.uuid4().hex, False
            fitting = {worker.address for worker in self._pool.fitting}
            task.allowed = fitting if self._pool.refused else None
            run, attempt = task.run, Attempt(task.name, self._topic, task.attempt)
            task.on_dask = self._client.submit(
                # Of a lambda, everything is sent by value; a worker has no module of ours.
                lambda: run(attempt),
                key=f"restage-{task.name}-{task.attempt}",
                workers=sorted(fitting) if task.allowed else None,
                resources=self._pool.needs(task.resources),
                pure=False,
            )
        task.on_dask.add_done_callback(partial(self._on_end, task, task.attempt))

    def _on_end(self, task: _Task, attempt: str, on_dask: Any) -> None:
        if task.attempt != attempt or on_dask.cancelled():
            return  # it was sent again, or `stop` or `_watch` cancelled it
        error = on_dask.exception()
        if error is not None:
            self._fail(task, _worker_error(task.name, error))
            return
        result = on_dask.result()
        if result["refused"]:
            address = result["worker"]
            self._pool.refused[address] = result["refused"]
            self._explain(task.name, self._pool.describe(address))
            self._send(task)
        elif self._remove(task):
            task.future.set_result(result)

    # How a task ends.

    def _remove(self, task: _Task) -> bool:
        """Whether it is the first end of this task."""
        with self._lock:
            return self._tasks.get(task.name) is task and bool(self._tasks.pop(task.name))

    def _cancel(self, task: _Task) -> None:
        if self._remove(task):
            task.future.cancel()

    def _fail(self, task: _Task, error: UserError) -> None:
        if self._remove(task):
            task.future.set_exception(error)

    # What is heard of the workers.

    def _handle_message(self, event: tuple[float, Message]) -> None:
        """In the thread of Dask's client."""
        message = event[1]
        with self._lock:
            task = self._tasks.get(message["task"])
        if task is None or task.attempt != message["attempt"]:
            return
        task.began = True
        task.on_message(message)
        if "ended" in message and self._stopped_at is not None:
            self._cancel(task)

    def _watch(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            try:
                if self._client.status != RUNNING:
                    raise OSError("the connection is closed")
                self._look_at_workers()
            except Exception:  # noqa: BLE001
                if not self._closed.is_set():
                    self._lose_scheduler()
                return

    def _look_at_workers(self) -> None:
        with self._lock:
            tasks = [task for task in self._tasks.values() if task.on_dask is not None and not task.on_dask.done()]
            stopped = self._stopped_at
        if not tasks:
            return
        for line in self._pool.update():
            self._explain(tasks[0].name, line)
        addresses = {worker.address for worker in self._pool.fitting}
        for task in tasks:
            if stopped is not None:
                if monotonic() - stopped > STOP_SECONDS:
                    self._cancel(task)
            elif task.allowed is not None and not task.allowed & addresses:
                task.on_dask.cancel()
                self._send(task)
            elif not task.began:
                self._explain_waiting(task)

    def _explain_waiting(self, task: _Task) -> None:
        reason = missing_resource(self._pool.needs(task.resources), self._pool.fitting)
        if reason is not None and reason != task.reason:
            self._explain(task.name, reason)
        task.reason = reason

    def _lose_scheduler(self) -> None:
        with self._lock:
            self._lost, tasks = True, list(self._tasks.values())
        for task in tasks:
            self._fail(task, UserError(lost_scheduler(self._place)))


def lost_scheduler(place: str) -> str:
    return (
        f"the Dask scheduler of --on {place} does not answer any more; when it is there again, the same command "
        "continues with what is not yet done"
    )


def _worker_error(name: str, error: BaseException) -> UserError:
    if type(error).__name__ == "KilledWorker":
        return WorkersDied(
            f"{name}: the workers that ran it died one after another; it may need more memory than they have"
        )
    return UserError(f"{name}: the worker could not run it: {' '.join(str(error).split()) or type(error).__name__}")
