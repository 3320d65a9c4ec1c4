"""The task that runs a chain on a worker of Dask."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stages.cli.run.cluster.worker.chain_server import ChainOnServer, ChainServer
from stages.cli.run.cluster.worker.worker_task import (
    Attempt,
    CopyContent,
    RunningTask,
    TaskResult,
    missing_files,
    prepared_copy,
)
from stages.core.dask_workers.worker_requirements import Requirements, differences


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
    """The fields of a TaskResult: an object of a class that was sent by value is not one of the caller's."""
    running = RunningTask(attempt)
    address = running.worker.address
    refused = differences(task.requirements) + missing_files([task.content.cache, *task.outside])
    if refused:
        return asdict(TaskResult(address, refused=refused))
    running.send({"began": True})
    idle = running.idle_servers("chains")
    server = idle.take(task.content.key) or start_server(Path(running.worker.local_directory), task.content)
    exit_code = 1
    try:
        chain = ChainOnServer(server, task.name, running.send)
        exit_code = chain.run(chain_request(task), running.is_cancelled)
        return asdict(TaskResult(address, exit_code=exit_code, finished=chain.finished))
    finally:
        if exit_code == 0:
            idle.add(server)
        else:
            server.close()
        running.send({"ended": True})


def start_server(worker_folder: Path, content: CopyContent) -> ChainServer:
    with prepared_copy(worker_folder, content) as (copy, lock):
        return ChainServer(content.key, copy, lock)


def chain_request(task: ChainTask) -> dict[str, Any]:
    request = {name: getattr(task, name) for name in ("name", "stages", "files", "data", "memory")}
    return request | {"remote": task.content.remote}
