"""The task that trains a trial on a worker of Dask."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from stages.cli.run.cluster.worker.trial_server import TrialServer, fetch_inputs
from stages.cli.run.cluster.worker.worker_task import (
    Attempt,
    CopyContent,
    RunningTask,
    TaskResult,
    prepared_copy,
    run_task,
)
from stages.core.dask_workers.worker_requirements import Requirements


@dataclass(frozen=True)
class TrialOnWorker:
    """`setup` and `line` are what the process reads; all trials with the same `key` may use one process."""

    key: str
    content: CopyContent
    requirements: Requirements
    inputs: dict[str, Any]  # the request of `fetch_inputs`
    threads: int
    setup: str
    line: str


def run_trial_task(task: TrialOnWorker, attempt: Attempt) -> dict[str, Any]:
    return run_task(attempt, task.requirements, [task.content.cache], partial(run_trial, task))


def run_trial(task: TrialOnWorker, running: RunningTask, result: TaskResult) -> None:
    idle = running.idle_servers("trials")
    server: TrialServer | str = idle.take(task.key) or start_trial_server(task, running)
    if isinstance(server, str):
        result.problem = server
        return
    line = server.run(task.line, running.is_cancelled)
    if line is None:
        result.ended = server.end_reason()
        return
    result.line = line.decode()
    if json.loads(line)["ends_worker"]:
        server.close()
    else:
        idle.add(server)


def start_trial_server(task: TrialOnWorker, running: RunningTask) -> TrialServer | str:
    """Or why the data could not be fetched."""
    with prepared_copy(Path(running.worker.local_directory), task.content) as (copy, lock):
        problem = fetch_inputs(copy, lock, task.inputs, running.is_cancelled)
        if problem is not None:
            return problem
        return TrialServer(task.key, copy, lock, task.threads, task.setup)
