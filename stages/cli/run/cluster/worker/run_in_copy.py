"""`python -m stages.cli.run.cluster.worker.run_in_copy`: run chains in this copy of the repository, one after another.

Each line of standard input is the request for a chain, in JSON; it closes when the worker ends, or wants this process
to end. The events of the chains are lines of JSON on standard output. Each chain runs in a fork of this process, which
has read the pipeline and keeps the libraries of the stages loaded.
"""

import json
import os
import sys
from concurrent.futures import Future, wait
from dataclasses import astuple
from pathlib import Path
from typing import Any

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.cli.run.cluster.worker.chain_server import ENDED
from stages.cli.run.execution.chain_process import run_chain
from stages.cli.run.execution.executor import Resources, StageEvent, StageFailed, StageStarted
from stages.cli.run.execution.local_executor import LocalExecutor, Report
from stages.cli.run.plan import Chain
from stages.cli.run.preloading.start_preload_servers import PreloadServers
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.repository import Repository, prepare_forked_process
from stages.core.dvc.storage.shared_runs import SharedRuns
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text


class SharingRepository(Repository):
    """Each result is pushed before the next stage starts: what is lost with a worker is the stage that it runs."""

    def share(self, remote: bool) -> SharedRuns:
        self._shared = SharedRuns(self, remote)
        return self._shared

    def reproduce(self, name: str) -> bool:
        changed = super().reproduce(name)
        if changed:
            self._shared.push_result(name)
        return changed


def read_pipeline() -> SharingRepository:
    """Without records: each chain brings those of what it reads."""
    LOCK.unlink(missing_ok=True)
    with dvc_errors():
        repository = SharingRepository()
        repository.repair()
        repository.read_stages()
    return repository


def read_records(repository: SharingRepository, request: dict[str, Any]) -> SharedRuns:
    """The request has the records of what its stages read. The caller holds the lock."""
    for name, text in request["files"].items():
        write_text(Path(name), text)
    repository.repair()
    shared = repository.share(request["remote"])
    shared.read_records()
    return shared


class ChainForks:
    """Runs chains, one at a time, in forked processes. Their events go to the file descriptor `events`."""

    def __init__(self, repository: SharingRepository, preload: PreloadServers, events: int) -> None:
        self._repository = repository
        self._preload = preload
        self._events = events
        self._request: dict[str, Any] = {}
        self._future: Future[int] | None = None
        self._executor = LocalExecutor(1, self._run_forked, self._report)

    def start(self, request: dict[str, Any]) -> None:
        self._request = request
        chain = Chain(request["name"], tuple(request["stages"]), tuple(request["stages"]))
        self._preload.start_for(chain.stages)
        self._future = self._executor.submit(chain, Resources(memory_bytes=request["memory"]))
        self._future.add_done_callback(self._report_end)

    def stop(self) -> None:
        self._executor.stop()
        if self._future is not None:
            wait([self._future])

    def _report(self, event: StageEvent) -> None:
        self._write([type(event).__name__, *astuple(event)])

    def _report_end(self, future: "Future[int]") -> None:
        self._write([ENDED, 1 if future.cancelled() or future.exception() else future.result()])

    def _write(self, line: list[Any]) -> None:
        os.write(self._events, json.dumps(line).encode() + b"\n")

    def _run_forked(self, chain: Chain, report: Report) -> bool:
        """Whether all stages finished. Those that did are in the run cache of the remote, or in the shared one."""
        request, repository = self._request, self._repository
        try:
            with dvc_errors():
                prepare_forked_process()
                with repository.locked():
                    read_records(repository, request).fetch_inputs(chain.stages, request["data"])
        except UserError as error:
            report(StageStarted(chain.name, chain.stages[0]))
            report(StageFailed(chain.name, chain.stages[0], f"{error}\n"))
            return False
        return run_chain(repository, chain, report)


def main() -> None:
    """What DVC prints before the first stage goes to standard error."""
    events = os.dup(1)
    os.dup2(2, 1)
    try:
        repository = read_pipeline()
    except UserError as error:
        sys.exit(str(error))
    with PreloadServers() as preload:
        chains = ChainForks(repository, preload, events)
        for line in sys.stdin.buffer:
            chains.start(json.loads(line))
        chains.stop()


if __name__ == "__main__":
    main()
