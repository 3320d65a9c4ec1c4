"""Trains trials on the workers of a Dask cluster.

A worker takes the raw data of the dataset from the shared cache or the remote, as the chain does, and keeps the process
that has them loaded for the next trial. Tasks and results are lines of JSON, as for the processes of this machine.
"""

import hashlib
import queue
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

from stages.cli.run.cluster.chain_records import chain_records
from stages.cli.run.cluster.cluster_tasks import ClusterTasks, WorkersDied
from stages.cli.run.cluster.connection.cluster_connection import ClusterConnection, connected_cluster
from stages.cli.run.cluster.worker.trial_task import TrialOnWorker, run_trial_task
from stages.cli.run.execution.executor import Resources
from stages.cli.run.execution.open_executor import Place
from stages.cli.tune.workers.messages import RESULT, ComparisonTask, Result, StudySetup, Task, failed_result
from stages.cli.tune.workers.trial_workers import TrialWorkers, Waiting
from stages.core import paths
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.dvc.storage.shared_runs import SharedRuns
from stages.core.errors import UserError

POLL_SECONDS, END_SECONDS = 0.5, 10.0
# The first stage that a trial does itself, and those that follow it.
OWN_STAGES = ("preprocess", "train", "evaluate", "report")


class ClusterTrials(TrialWorkers):
    """`jobs`: how many tasks are given to the cluster at once."""

    def __init__(self, connection: ClusterConnection, key: str, resources: Resources, jobs: int) -> None:
        self._connection = connection
        self._resources = resources
        self._jobs = jobs
        own = [f"{name}@{key}" for name in OWN_STAGES]
        self._inputs = {"stages": own[:1], "files": chain_records(key, own), "remote": connection.content.remote}
        self._tasks = ClusterTasks(connection, _print_reason)
        self._ended = queue.SimpleQueue[tuple[Task, int, Future[dict[str, Any]]]]()
        self._running = set[Future[dict[str, Any]]]()

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def give_up_waiting(self) -> None:
        self._tasks.stop(waiting_only=True)

    def give_tasks(self, waiting: Waiting, setup: StudySetup) -> None:
        while waiting and len(self._running) < self._jobs:
            self._submit(setup, *waiting.popleft())

    def ended_tasks(self) -> Iterator[tuple[Task, int, Result | str]]:
        try:
            task, attempt, future = self._ended.get(timeout=POLL_SECONDS)
        except queue.Empty:
            return
        self._running.remove(future)
        if not future.cancelled():
            yield task, attempt, _result(task, future)

    def _submit(self, setup: StudySetup, task: Task, attempt: int) -> None:
        content, text = self._connection.content, setup.model_dump_json()
        key = hashlib.sha256(f"{content.key}\n{text}\n{self._resources.threads}".encode()).hexdigest()
        on_worker = TrialOnWorker(
            key=key, content=content, requirements=self._connection.requirements, inputs=self._inputs,
            threads=self._resources.threads, setup=text, line=task.model_dump_json(),
        )  # fmt: skip
        run = partial(run_trial_task, on_worker)
        future = self._tasks.submit(task_name(task), self._resources, run, lambda _: None)
        self._running.add(future)
        future.add_done_callback(lambda ended: self._ended.put((task, attempt, ended)))

    def end(self) -> None:
        """The processes of running tasks end; workers say when they have."""
        self._tasks.stop()
        wait(self._running, timeout=END_SECONDS)
        self._tasks.close()


def task_name(task: Task) -> str:
    return "comparison" if isinstance(task, ComparisonTask) else f"trial {task.number}"


def _result(task: Task, future: "Future[dict[str, Any]]") -> Result | str:
    """Or how the process was killed. Dask itself replaces its dead workers."""
    try:
        result = future.result()
    except WorkersDied as error:
        return failed_result(task, str(error))
    if result["problem"]:
        raise UserError(f"the worker {result['worker']} could not get the data: {result['problem']}")
    return f"its process was {result['ended']}" if result["line"] is None else RESULT.validate_json(result["line"])


def _print_reason(name: str, reason: str) -> None:
    print(f"{name} waits: {reason}", flush=True)


@contextmanager
def cluster_trials(place: Place, key: str, resources: Resources) -> Iterator[ClusterTrials]:
    """Raises UserError if the scheduler does not answer, no worker fits, or the data cannot get to the workers."""
    with connected_cluster(place, "tune", [str(paths.MODEL_FILES)]) as connection:
        if connection.content.remote:
            push_raw_data(key)
        trials = ClusterTrials(connection, key, resources, place.slots)
        try:
            yield trials
        finally:
            trials.end()


def push_raw_data(key: str) -> None:
    with dvc_errors():
        repository = Repository()
        repository.read_stages()
        with repository.locked():
            SharedRuns(repository, remote=True).push_inputs([f"{OWN_STAGES[0]}@{key}"], [])
