"""The task of a Dask worker: runs a chain in a copy of the repository that belongs to this worker alone.

Its functions are sent to the workers by value, so that a worker needs the locked packages and no clone. That is why
this module, and those of this package that it uses, import the standard library and what Dask itself needs.
"""

import os
import platform
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from stages.cli.run.cluster.worker.chain_server import ChainOnServer, ChainServer, IdleServers
from stages.cli.run.cluster.worker.working_copy import link_checkpoints, lock_copy, unpack, write_if_changed

# Where copies and cache are; without it, in the worker's own folder, which Dask removes when the worker ends.
FOLDER_VARIABLE = "RESTAGE_WORKER_FOLDER"
# A folder that several workers share: a training that began on one of them continues on another.
CHECKPOINTS_VARIABLE = "RESTAGE_CHECKPOINTS"


@dataclass(frozen=True)
class Requirements:
    """What decides the bits of a result: processor, system, Python and the locked packages."""

    python: str
    machine: str
    system: str
    processor_flags: tuple[str, ...]
    packages: tuple[str, ...]  # lines such as `numpy==2.4.6`, some with a marker


@dataclass(frozen=True)
class ChainTask:
    """What a worker needs to run a chain. Data and models are not in it: they come from remote or cache."""

    name: str
    stages: tuple[str, ...]
    repository: str  # the name of its folder
    key: str  # a hash of what chains must have in common to run in the same copy, one after another
    archive: bytes  # code, as a tar file
    params: str  # the text of params.yaml
    files: dict[str, str]  # generated files of this chain, by path
    configuration: str  # of DVC, besides that of the archive
    remote: bool
    cache: str | None  # the cache that caller and workers share
    checkpoints: str | None
    data: tuple[str, ...]  # own files and folders that DVC tracks
    outside: tuple[str, ...]  # own files and folders outside of the repository
    memory: int | None
    topic: str
    attempt: str
    requirements: Requirements


@dataclass
class TaskResult:
    """`refused` says why this worker cannot run the chain; without it, `exit_code` is that of the chain's process."""

    worker: str
    exit_code: int = 1
    refused: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)


def differences(requirements: Requirements) -> list[str]:
    """What of this worker is not as required, each as a short phrase."""
    found = []
    python = "{}.{}".format(*sys.version_info)
    for what, here, needed in (
        ("Python", python, requirements.python),
        ("the system", platform.system(), requirements.system),
        ("the processor", platform.machine(), requirements.machine),
    ):
        if here != needed:
            found.append(f"{what} is {here}, needed is {needed}")
    with suppress(FileNotFoundError):
        flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(errors="replace"), re.MULTILINE)
        missing = [flag for flag in requirements.processor_flags if flags and flag not in flags[1].split()]
        found += [f"the processor lacks {', '.join(missing).upper()}"] if missing else []
    return found + _package_differences(requirements.packages)


def _package_differences(packages: Sequence[str]) -> list[str]:
    from packaging.markers import Marker

    found = []
    for line in packages:
        requirement, _, marker = line.partition(" ; ")
        package, _, locked = requirement.partition("==")
        if marker and not Marker(marker).evaluate():
            continue
        try:
            installed = version(package)
        except PackageNotFoundError:
            installed = "missing"
        if installed != locked:
            found.append(f"{package} is {installed}, needed is {locked}")
    return found


def run_chain_task(task: ChainTask) -> dict[str, Any]:
    """The fields of a TaskResult: an object of a class that was sent by value is not one of the caller's."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def is_cancelled() -> bool:
        """Also if the caller has ended, or the scheduler is gone."""
        known = worker.state.tasks.get(key)
        return known is None or known.state != "executing" or str(worker.status) != "Status.running"

    def send(message: dict[str, Any]) -> None:
        worker.log_event(task.topic, {"chain": task.name, "attempt": task.attempt} | message)

    refused = differences(task.requirements) + _missing_files(task)
    if refused:
        return asdict(TaskResult(worker.address, refused=refused))
    send({"began": True})
    idle: IdleServers = vars(worker).setdefault("restage_idle_servers", IdleServers())
    server = idle.take(task.key) or start_server(Path(worker.local_directory), task)
    exit_code = 1
    try:
        chain = ChainOnServer(server, task.name, send)
        exit_code = chain.run(chain_request(task), is_cancelled)
        return asdict(TaskResult(worker.address, exit_code, finished=chain.finished))
    finally:
        if exit_code == 0:
            idle.add(server)
        else:
            server.close()
        send({"ended": True})


def _missing_files(task: ChainTask) -> list[str]:
    shared = [task.cache] if task.cache else []
    return [f"{path} is missing" for path in (*shared, *task.outside) if not Path(path).exists()]


def start_server(worker_folder: Path, task: ChainTask) -> ChainServer:
    folder = Path(os.environ.get(FOLDER_VARIABLE) or worker_folder / "restage", task.repository)
    copy, lock = lock_copy(folder)
    with lock:
        prepare_copy(copy, folder / "cache", task)
        return ChainServer(task.key, copy, lock)


def prepare_copy(copy: Path, own_cache: Path, task: ChainTask) -> None:
    """Give the copy the caller's code.

    What did not change keeps its time, so that DVC does not hash it again.
    """
    unpack(task.archive, copy, copy.with_suffix(".json"))
    configuration = f"{task.configuration}[cache]\n    dir = {task.cache or own_cache}\n"
    for name, text in (("params.yaml", task.params), (".dvc/config.local", configuration)):
        write_if_changed(copy / name, text.encode(), executable=False)
    link_checkpoints(copy, task.checkpoints or os.environ.get(CHECKPOINTS_VARIABLE))


def chain_request(task: ChainTask) -> dict[str, Any]:
    return {name: getattr(task, name) for name in ("name", "stages", "files", "remote", "data", "memory")}
