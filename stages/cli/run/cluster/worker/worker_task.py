"""What the tasks of Dask's workers have in common: each runs in a copy of the repository that it has for itself.

The functions are sent to the workers by value, so that a worker needs the locked packages and no clone. That is why
this module, and those of this package that are sent, import the standard library and what Dask itself needs.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from stages.cli.run.cluster.worker.working_copy import link_checkpoints, lock_copy, unpack, write_if_changed
from stages.core.dask_workers.dask_task import DaskTask
from stages.core.dask_workers.worker_requirements import Requirements, differences

# Where copies and cache are; without it, in the worker's own folder, which Dask removes when the worker ends.
FOLDER_VARIABLE = "RESTAGE_WORKER_FOLDER"
# A folder that several workers share: a training that began on one of them continues on another.
CHECKPOINTS_VARIABLE = "RESTAGE_CHECKPOINTS"


@dataclass(frozen=True)
class CopyContent:
    """What the copies of a repository on the workers have in common. Data and models come from remote or cache."""

    repository: str  # the name of its folder
    key: str  # a hash of what tasks must have in common to run in the same copy, one after another
    archive: bytes  # code, as a tar file
    params: str  # the text of params.yaml
    configuration: str  # of DVC, besides that of the archive
    remote: bool
    cache: str | None  # the cache that caller and workers share
    checkpoints: str | None


@dataclass(frozen=True)
class Attempt:
    """One attempt to run a task; what it reports goes to the topic."""

    name: str
    topic: str
    number: str


@dataclass
class TaskResult:
    """`refused` says why this worker cannot run the task.

    Without it, a chain has the exit code of its process and the stages that finished. A trial has the line that its
    process wrote, or how this process `ended` without one, or the `problem` for which none was started.
    """

    worker: str
    refused: list[str] = field(default_factory=list)
    exit_code: int = 1
    finished: list[str] = field(default_factory=list)
    line: str | None = None
    ended: str | None = None
    problem: str | None = None


class RunningTask(DaskTask):
    """It reports what happens."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self._attempt = attempt

    def send(self, message: dict[str, Any]) -> None:
        about = {"task": self._attempt.name, "attempt": self._attempt.number, "worker": self.worker.address}
        self.worker.log_event(self._attempt.topic, about | message)


def run_task(
    attempt: Attempt,
    requirements: Requirements,
    needed: Iterable[str | None],
    run: Callable[[RunningTask, TaskResult], None],
) -> dict[str, Any]:
    """The fields of a TaskResult, which `run` completes if this worker is as required and has the `needed` files.

    An object of a class that was sent by value is not one of the caller's.
    """
    running = RunningTask(attempt)
    result = TaskResult(running.worker.address)
    result.refused = differences(requirements) + missing_files(needed)
    if not result.refused:
        running.send({"began": True})
        try:
            run(running, result)
        finally:
            running.send({"ended": True})
    return asdict(result)


def missing_files(paths: Iterable[str | None]) -> list[str]:
    return [f"{path} is missing" for path in paths if path and not Path(path).exists()]


@contextmanager
def prepared_copy(worker_folder: Path, content: CopyContent) -> Iterator[tuple[Path, IO[str]]]:
    """A copy with the caller's code, and its lock, which a process that inherits it keeps.

    What did not change keeps its time, so that DVC does not hash it again.
    """
    folder = Path(os.environ.get(FOLDER_VARIABLE) or worker_folder / "restage", content.repository)
    copy, lock = lock_copy(folder)
    with lock:
        unpack(content.archive, copy, copy.with_suffix(".json"))
        configuration = f"{content.configuration}[cache]\n    dir = {content.cache or folder / 'cache'}\n"
        for name, text in (("params.yaml", content.params), (".dvc/config.local", configuration)):
            write_if_changed(copy / name, text.encode(), executable=False)
        link_checkpoints(copy, content.checkpoints or os.environ.get(CHECKPOINTS_VARIABLE))
        yield copy, lock
