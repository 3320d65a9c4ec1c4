"""Gives tasks to worker processes, starts others for those that were killed, and ends all."""

import selectors
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stages.cli.tune.workers.messages import RESULT, Result, StudySetup, Task
from stages.cli.tune.workers.trial_workers import TrialWorkers, Waiting
from stages.cli.tune.workers.worker import Worker


class WorkerPool(TrialWorkers):
    """At most `jobs` processes of `command`. They start when they are needed, or before by `start`."""

    def __init__(self, jobs: int, command: Sequence[str], logs: Path) -> None:
        self.jobs, self.command, self.logs = jobs, command, logs
        self.workers: list[Worker] = []
        self._busy: dict[Worker, tuple[Task, int]] = {}
        self._started = 0

    def start(self, count: int) -> None:
        """Start processes for so many tasks; they load their libraries while other things are done."""
        while len(self.workers) < min(count, self.jobs):
            self._started += 1
            self.workers.append(Worker(self.command, self.logs / f"worker-{self._started}.log"))

    @property
    def is_busy(self) -> bool:
        return bool(self._busy)

    def ended_tasks(self) -> Iterator[tuple[Task, int, Result | str]]:
        for worker in self._readable_workers():
            line = worker.receive()
            if line != b"":
                yield *self._busy.pop(worker), self._result(worker, line)

    def _result(self, worker: Worker, line: bytes | None) -> Result | str:
        if line is not None:
            result = RESULT.validate_json(line)
            if result.ends_worker:
                self._remove(worker)
            return result
        reason = worker.end_reason()
        self._remove(worker)
        return f"its worker was {reason}"

    def end(self) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def give_tasks(self, waiting: Waiting, setup: StudySetup) -> None:
        for worker in [worker for worker in self.workers if worker not in self._busy and not worker.is_running]:
            self._remove(worker)
        self.start(len(waiting) + len(self._busy))
        for worker in (worker for worker in self.workers if worker not in self._busy):
            if not waiting:
                return
            if not worker.has_setup:
                worker.send(setup.model_dump_json())
                worker.has_setup = True
            self._busy[worker] = waiting.popleft()
            worker.send(self._busy[worker][0].model_dump_json())

    def _readable_workers(self) -> list[Worker]:
        """Those with a result, or that have ended; waits for the first."""
        with selectors.DefaultSelector() as selector:
            for worker in self._busy:
                selector.register(worker.output, selectors.EVENT_READ, worker)
            return [key.data for key, _ in selector.select()]

    def _remove(self, worker: Worker) -> None:
        self.workers.remove(worker)
        worker.end()


@contextmanager
def worker_pool(jobs: int, threads: int, logs: Path) -> Iterator[WorkerPool]:
    """Processes that train with so many threads; all are ended with the block."""
    for log in logs.glob("worker-*.log"):
        log.unlink()
    pool = WorkerPool(jobs, [sys.executable, "-m", "stages.cli.tune.workers", str(threads)], logs)
    try:
        yield pool
    finally:
        pool.end()
