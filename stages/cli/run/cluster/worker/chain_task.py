"""The task that runs a chain on a worker of Dask."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from stages.cli.run.cluster.worker.chain_server import ChainOnServer, ChainServer
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
class ChainTask:
    """What a worker needs to run a chain."""

    name: str
    stages: tuple[str, ...]
    content: CopyContent
    files: dict[str, str]  # generated files of this chain, by path
    data: tuple[str, ...]  # own files and folders that DVC tracks
    outside: tuple[str, ...]  # own files and folders outside of the repository
    memory: int | None
    requirements: Requirements


def run_chain_task(task: ChainTask, attempt: Attempt) -> dict[str, Any]:
    return run_task(attempt, task.requirements, [task.content.cache, *task.outside], partial(run_chain, task))


def run_chain(task: ChainTask, running: RunningTask, result: TaskResult) -> None:
    idle = running.idle_servers("chains")
    server = idle.take(task.content.key) or start_server(Path(running.worker.local_directory), task.content)
    try:
        chain = ChainOnServer(server, task.name, running.send)
        result.exit_code = chain.run(chain_request(task), running.is_cancelled)
        result.finished = chain.finished
    finally:
        if result.exit_code == 0:
            idle.add(server)
        else:
            server.close()


def start_server(worker_folder: Path, content: CopyContent) -> ChainServer:
    with prepared_copy(worker_folder, content) as (copy, lock):
        return ChainServer(content.key, copy, lock)


def chain_request(task: ChainTask) -> dict[str, Any]:
    request = {name: getattr(task, name) for name in ("name", "stages", "files", "data", "memory")}
    return request | {"remote": task.content.remote}
