"""Runs chains on the workers of a Dask cluster.

Each chain takes three steps. This clone pushes what the chain reads, unless clone and workers share a cache. A worker
runs its stages; results go to the run cache. This clone takes the results from there and records them. What uses DVC
here runs in forked processes, as every chain does locally, see `local_executor`.
"""

import hashlib
import signal
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import cloudpickle

from stages.cli.run.cluster import worker as worker_package
from stages.cli.run.cluster.cluster_workers import WorkerPool, missing_resource
from stages.cli.run.cluster.code_archive import DataSource
from stages.cli.run.cluster.shared_storage import SharedStorage
from stages.cli.run.cluster.worker.worker_task import ChainTask, Requirements, run_chain_task
from stages.cli.run.execution.chain_process import redirect_output, run_chain
from stages.cli.run.execution.executor import (
    ChainWaiting,
    Resources,
    StageEvent,
    StageFailed,
    StageFinished,
    StageStarted,
)
from stages.cli.run.execution.local_executor import EVENTS, LocalExecutor, Report
from stages.cli.run.last_run.stage_log import log_file, open_log
from stages.cli.run.plan import Chain, dataset_of
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.repository import Repository, prepare_forked_process
from stages.core.dvc.storage.shared_runs import SharedRuns
from stages.core.errors import UserError

if TYPE_CHECKING:
    from distributed import Client

POLL_SECONDS, STOP_SECONDS = 1.0, 30.0
RUNNING = "running"


@dataclass(frozen=True)
class ClusterSetup:
    """What all chains have in common. `data` has the own files of each dataset, or why a worker cannot get them."""

    place: str
    archive: bytes
    params: str
    storage: SharedStorage
    requirements: Requirements
    data: Mapping[str, list[DataSource] | UserError]
    outside: Mapping[str, list[str]]
    tracked_files: Sequence[str]
    memory: int | None = None

    @cached_property
    def key(self) -> str:
        """The requirements are those of the worker's process, which compares them for each chain."""
        text = f"{self.storage}\n{self.params}\n".encode()
        return hashlib.sha256(text + self.archive).hexdigest()


@dataclass
class _Job:
    """`allowed` are the workers that may run it; None stands for all."""

    chain: Chain
    resources: Resources
    future: "Future[int]" = field(default_factory=Future)
    attempt: str = ""
    task: Any = None
    allowed: set[str] | None = None
    began: bool = False
    finished: set[str] = field(default_factory=set)
    reason: str | None = None

    @property
    def stages(self) -> tuple[str, ...]:
        return self.chain.stages_to_run or self.chain.stages


class ClusterExecutor:
    """`slots`: how many chains exchange files with this clone at once. Chains of no dataset run here."""

    def __init__(
        self,
        client: "Client",
        setup: ClusterSetup,
        pool: WorkerPool,
        repository: Repository,
        slots: int,
        report: Report,
    ) -> None:
        self._client = client
        self._setup = setup
        self._pool = pool
        self._repository = repository
        self._shared = SharedRuns(repository, setup.storage.remote)
        self._report = report
        self._local = LocalExecutor(slots, self._run_here, report)
        self._steps: dict[str, Callable[[], None]] = {}  # what the forked process of a chain does
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.RLock()
        self._stopped_at: float | None = None
        self._topic = f"restage-{uuid.uuid4().hex}"
        cloudpickle.register_pickle_by_value(worker_package)
        client.subscribe_topic(self._topic, self._handle_message)
        self._closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def submit(self, chain: Chain, resources: Resources) -> "Future[int]":
        if dataset_of(chain.stages[0]) is None:
            return self._local.submit(chain, resources)
        job = _Job(chain, resources)
        with self._lock:
            self._jobs[chain.name] = job
        if isinstance(problem := self._setup.data.get(chain.name), UserError) and self._needs_data(job):
            self._report_failure(job, problem)
            self._end(job, 1)
        elif self._setup.storage.remote:
            self._here(job, partial(self._publish, job), partial(self._send_published, job))
        else:
            self._send(job)
        return job.future

    def stop(self) -> None:
        """Cancelled tasks end their processes; a worker says when it has done so."""
        with self._lock:
            again, self._stopped_at = self._stopped_at is not None, self._stopped_at or monotonic()
            jobs = list(self._jobs.values())
        self._local.stop()
        for job in jobs:
            if job.task is not None and not again:
                job.task.cancel()
            if again or not job.began:
                self._end(job, -signal.SIGTERM)

    # The steps in this clone.

    def _run_here(self, chain: Chain, report: Report) -> bool:
        """In a forked process."""
        step = self._steps.get(chain.name)
        if step is None:
            return run_chain(self._repository, chain, report)
        try:
            with dvc_errors():
                redirect_output(f"transfer@{chain.name}")
                prepare_forked_process()
                with self._repository.locked():
                    step()
        except UserError as error:
            report(StageStarted(chain.name, chain.stages[0]))
            report(StageFailed(chain.name, chain.stages[0], f"{error}\n"))
            return False
        return True

    def _here(self, job: _Job, step: Callable[[], None], then: Callable[[int], None]) -> None:
        self._steps[job.chain.name] = step

        def on_end(future: "Future[int]") -> None:
            if future.cancelled():
                self._end(job, -signal.SIGTERM)
            elif (error := future.exception()) is not None:
                self._fail(job, error)
            else:
                then(future.result())

        self._local.submit(job.chain, Resources()).add_done_callback(on_end)

    def _publish(self, job: _Job) -> None:
        self._shared.push_inputs(job.stages, self._tracked_data(job))

    def _collect(self, job: _Job) -> None:
        for stage in job.stages:
            if stage in job.finished:
                self._shared.restore(stage)
                self._repository.record([stage])

    def _send_published(self, job: _Job, exit_code: int) -> None:
        if exit_code == 0:
            self._send(job)
        else:
            self._end(job, exit_code)

    # The step on a worker.

    def _send(self, job: _Job) -> None:
        with self._lock:
            if self._stopped_at is not None:
                self._end(job, -signal.SIGTERM)
                return
            job.attempt, job.began = uuid.uuid4().hex, False
            fitting = {worker.address for worker in self._pool.fitting}
            job.allowed = fitting if self._pool.refused else None
            task = self._chain_task(job)
            job.task = self._client.submit(
                lambda: run_chain_task(task),
                key=f"restage-{job.chain.name}-{job.attempt}",
                workers=sorted(fitting) if job.allowed else None,
                resources=self._pool.needs(job.resources),
                pure=False,
            )
        job.task.add_done_callback(partial(self._on_task_end, job, job.attempt))

    def _chain_task(self, job: _Job) -> ChainTask:
        setup, key = self._setup, job.chain.name
        return ChainTask(
            name=key, stages=job.stages, repository=Path.cwd().name, key=setup.key, archive=setup.archive,
            params=setup.params, files=self._files(job), configuration=setup.storage.configuration,
            remote=setup.storage.remote, cache=setup.storage.cache, checkpoints=setup.storage.checkpoints,
            data=tuple(self._tracked_data(job)),
            outside=tuple(setup.outside.get(key, ())) if self._needs_data(job) else (),
            memory=job.resources.memory_bytes or setup.memory, topic=self._topic, attempt=job.attempt,
            requirements=setup.requirements,
        )  # fmt: skip

    def _files(self, job: _Job) -> dict[str, str]:
        """The records of what this chain reads, and results in git that are up to date."""
        lock = LockText.parse(LOCK.read_text(encoding="utf-8") if LOCK.is_file() else "")
        lock.entries = {
            name: entry
            for name, entry in lock.entries.items()
            if dataset_of(name) in (None, job.chain.name) and name not in job.stages
        }
        files = {str(LOCK): str(lock)}
        committed = [name for name in self._setup.tracked_files if Path(name).stem == job.chain.name]
        return files | {name: Path(name).read_text(encoding="utf-8") for name in committed if Path(name).is_file()}

    def _needs_data(self, job: _Job) -> bool:
        return any(stage.startswith("download@") for stage in job.stages)

    def _tracked_data(self, job: _Job) -> list[str]:
        sources = self._setup.data.get(job.chain.name, [])
        if isinstance(sources, UserError) or not self._needs_data(job):
            return []
        return [source.tracked for source in sources if source.tracked]

    def _on_task_end(self, job: _Job, attempt: str, task: Any) -> None:
        if job.attempt != attempt or task.cancelled():
            return  # it was sent again, or `stop` or `_watch` cancelled it
        error = task.exception()
        if error is not None:
            self._fail(job, UserError(_worker_error(job.chain.name, error)))
            return
        result = task.result()
        if result["refused"]:
            self._refuse(job, result)
            return
        job.finished |= set(result["finished"])
        if job.finished:
            then = partial(self._end_collected, job, result["exit_code"])
            self._here(job, partial(self._collect, job), then)
        else:
            self._end(job, result["exit_code"])

    def _refuse(self, job: _Job, result: dict[str, Any]) -> None:
        address = result["worker"]
        self._pool.refused[address] = result["refused"]
        self._report(ChainWaiting(job.chain.name, self._pool.describe(address)))
        self._send(job)

    def _end_collected(self, job: _Job, exit_code: int, collected: int) -> None:
        self._end(job, exit_code or collected)

    def _end(self, job: _Job, exit_code: int) -> None:
        with self._lock:
            if self._jobs.pop(job.chain.name, None) is None:
                return
        job.future.set_result(exit_code)

    def _fail(self, job: _Job, error: BaseException) -> None:
        with self._lock:
            if self._jobs.pop(job.chain.name, None) is None:
                return
        job.future.set_exception(error)

    # What is heard of the workers.

    def _handle_message(self, event: tuple[float, dict[str, Any]]) -> None:
        """In the thread of Dask's client."""
        message = event[1]
        with self._lock:
            job = self._jobs.get(message["chain"])
        if job is None or job.attempt != message["attempt"]:
            return
        job.began = True
        if "log" in message:
            _write_log(message["log"], message["offset"], message["text"])
        elif "event" in message:
            name, *fields = message["event"]
            self._report_once(job, EVENTS[name](*fields))
        elif "ended" in message and self._stopped_at is not None:
            self._end(job, -signal.SIGTERM)

    def _report_once(self, job: _Job, event: StageEvent) -> None:
        """If a worker dies, another one begins with what is already reported."""
        match event:
            case StageStarted(_, stage) | StageFinished(_, stage) if stage in job.finished:
                return
            case StageFinished(_, stage):
                job.finished.add(stage)
        self._report(event)

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

    def _report_failure(self, job: _Job, error: UserError) -> None:
        self._report(StageStarted(job.chain.name, job.stages[0]))
        self._report(StageFailed(job.chain.name, job.stages[0], f"{error}\n"))

    def _look_at_workers(self) -> None:
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.task is not None and not job.task.done()]
            stopped = self._stopped_at
        if not jobs:
            return
        lines = self._pool.update()
        for line in lines:
            self._report(ChainWaiting(jobs[0].chain.name, line))
        addresses = {worker.address for worker in self._pool.fitting}
        for job in jobs:
            if stopped is not None:
                if monotonic() - stopped > STOP_SECONDS:
                    self._end(job, -signal.SIGTERM)
            elif job.allowed is not None and not job.allowed & addresses:
                job.task.cancel()
                self._send(job)
            elif not job.began:
                self._explain_waiting(job)

    def _explain_waiting(self, job: _Job) -> None:
        reason = missing_resource(self._pool.needs(job.resources), self._pool.fitting)
        if reason is not None and reason != job.reason:
            self._report(ChainWaiting(job.chain.name, reason))
        job.reason = reason

    def _lose_scheduler(self) -> None:
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            self._fail(job, UserError(lost_scheduler(self._setup.place)))


def lost_scheduler(place: str) -> str:
    return (
        f"the Dask scheduler of --on {place} does not answer any more; when it is there again, the same command "
        "continues with what is not yet done"
    )


def _worker_error(chain: str, error: BaseException) -> str:
    if type(error).__name__ == "KilledWorker":
        return f"{chain}: the workers that ran it died one after another; it may need more memory than they have"
    return f"{chain}: the worker could not run it: {' '.join(str(error).split()) or type(error).__name__}"


def _write_log(stage: str, offset: int, text: bytes) -> None:
    with open_log(stage) if offset == 0 else log_file(stage).open("r+b") as output:
        output.seek(offset)
        output.write(text)
