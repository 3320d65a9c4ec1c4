"""Runs chains on the workers of a Dask cluster.

Each chain takes three steps. This clone pushes what the chain reads, unless clone and workers share a cache. A worker
runs its stages; results go to the run cache. This clone takes the results from there and records them. What uses DVC
here runs in forked processes, as every chain does locally, see `local_executor`.
"""

import signal
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from stages.cli.run.cluster.chain_records import chain_records
from stages.cli.run.cluster.cluster_tasks import ClusterTasks, Message
from stages.cli.run.cluster.connection.cluster_connection import ClusterConnection
from stages.cli.run.cluster.connection.code_archive import DataSource
from stages.cli.run.cluster.worker.chain_task import ChainTask, run_chain_task
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
from stages.cli.run.last_run.stage_log import empty_log, log_file, open_log
from stages.cli.run.plan import Chain, dataset_of
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository, prepare_forked_process
from stages.core.dvc.storage.shared_runs import SharedRuns
from stages.core.errors import UserError


@dataclass(frozen=True)
class ClusterSetup:
    """What all chains have in common. `data` has the own files of each dataset, or why a worker cannot get them."""

    data: Mapping[str, list[DataSource] | UserError]
    outside: Mapping[str, list[str]]
    tracked_files: Sequence[str]
    memory: int | None = None


@dataclass
class _Job:
    chain: Chain
    resources: Resources
    future: "Future[int]" = field(default_factory=Future)
    finished: set[str] = field(default_factory=set)

    @property
    def stages(self) -> tuple[str, ...]:
        return self.chain.needed_stages


class ClusterExecutor:
    """`slots`: how many chains exchange files with this clone at once. Chains of no dataset run here."""

    def __init__(
        self,
        connection: ClusterConnection,
        setup: ClusterSetup,
        repository: Repository,
        slots: int,
        report: Report,
    ) -> None:
        self._setup = setup
        self._content = connection.content
        self._requirements = connection.requirements
        self._pool = connection.pool
        self._repository = repository
        self._shared = SharedRuns(repository, connection.content.remote)
        self._report = report
        self._tasks = ClusterTasks(connection, lambda chain, reason: report(ChainWaiting(chain, reason)))
        self._local = LocalExecutor(slots, self._run_here, report)
        self._steps: dict[str, Callable[[], None]] = {}  # what the forked process of a chain does
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.RLock()

    def close(self) -> None:
        self._tasks.close()

    def submit(self, chain: Chain, resources: Resources) -> "Future[int]":
        if dataset_of(chain.stages[0]) is None:
            return self._local.submit(chain, resources)
        job = _Job(chain, resources)
        with self._lock:
            self._jobs[chain.name] = job
        if isinstance(problem := self._setup.data.get(chain.name), UserError) and self._needs_data(job):
            _report_failure(self._report, job.chain.name, job.stages[0], problem)
            self._end(job, 1)
        elif self._content.remote:
            self._here(job, partial(self._publish, job), partial(self._send_published, job))
        else:
            self._send(job)
        return job.future

    def stop(self) -> None:
        self._local.stop()
        self._tasks.stop()

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
        except Exception as error:  # noqa: BLE001
            _report_failure(report, chain.name, chain.needed_stages[0], error)
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
        run = partial(run_chain_task, self._chain_task(job))
        task = self._tasks.submit(job.chain.name, job.resources, run, partial(self._handle_message, job))
        task.add_done_callback(partial(self._on_task_end, job))

    def _chain_task(self, job: _Job) -> ChainTask:
        setup, key = self._setup, job.chain.name
        return ChainTask(
            name=key, stages=job.stages, content=self._content,
            files=chain_records(key, job.stages, self._setup.tracked_files), data=tuple(self._tracked_data(job)),
            outside=tuple(setup.outside.get(key, ())) if self._needs_data(job) else (),
            memory=job.resources.memory_bytes or setup.memory, requirements=self._requirements,
        )  # fmt: skip

    def _needs_data(self, job: _Job) -> bool:
        return any(stage.startswith("download@") for stage in job.stages)

    def _tracked_data(self, job: _Job) -> list[str]:
        sources = self._setup.data.get(job.chain.name, [])
        if isinstance(sources, UserError) or not self._needs_data(job):
            return []
        return [source.tracked for source in sources if source.tracked]

    def _on_task_end(self, job: _Job, task: "Future[dict[str, Any]]") -> None:
        if task.cancelled():
            self._end(job, -signal.SIGTERM)
            return
        if (error := task.exception()) is not None:
            self._fail(job, error)
            return
        result = task.result()
        job.finished |= set(result["finished"])
        if job.finished:
            then = partial(self._end_collected, job, result["exit_code"])
            self._here(job, partial(self._collect, job), then)
        else:
            self._end(job, result["exit_code"])

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

    def _handle_message(self, job: _Job, message: Message) -> None:
        if "log" in message:
            _write_log(message["log"], message["offset"], message["text"])
        elif "event" in message:
            name, *fields = message["event"]
            self._report_once(job, EVENTS[name](*fields), message["worker"])

    def _report_once(self, job: _Job, event: StageEvent, address: str) -> None:
        """If a worker dies, another one begins with what is already reported."""
        match event:
            case StageFailed(_, _, text):
                event = replace(event, message=f"on the worker {self._pool.workers.get(address, address)}: {text}")
            case StageStarted(_, stage) | StageFinished(_, stage) if stage in job.finished:
                return
            case StageStarted(_, stage):
                empty_log(stage)
            case StageFinished(_, stage):
                job.finished.add(stage)
        self._report(event)


def _report_failure(report: Report, chain: str, stage: str, error: Exception) -> None:
    """Of a chain of which no stage has started."""
    empty_log(stage)
    report(StageStarted(chain, stage))
    message = str(error) if isinstance(error, UserError) else "".join(traceback.format_exception(error)).rstrip()
    report(StageFailed(chain, stage, f"{message}\n"))


def _write_log(stage: str, offset: int, text: bytes) -> None:
    with open_log(stage) if offset == 0 else log_file(stage).open("r+b") as output:
        output.seek(offset)
        output.write(text)
