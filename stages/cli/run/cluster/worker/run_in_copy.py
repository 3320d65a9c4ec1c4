"""`python -m stages.cli.run.cluster.worker.run_in_copy`: run the stages of a chain in this copy of the repository.

The request is a line of JSON on standard input, which stays open as long as the worker lives. The events of the chain
are lines of JSON on standard output.
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import astuple
from typing import Any

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.cli.run.execution.chain_process import run_chain
from stages.cli.run.execution.executor import StageEvent, StageFailed, StageStarted
from stages.cli.run.plan import Chain
from stages.cli.run.preloading.start_preload_servers import preloaded_libraries
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.dvc.storage.shared_runs import SharedRuns
from stages.core.errors import UserError

KILL_SECONDS = 10.0


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


def run_in_copy(request: dict[str, Any], events: int) -> bool:
    """Whether all stages finished. Those that did are in the run cache of the remote, or in the shared one."""
    chain = Chain(request["name"], tuple(request["stages"]), tuple(request["stages"]))

    def report(event: StageEvent) -> None:
        os.write(events, json.dumps([type(event).__name__, *astuple(event)]).encode() + b"\n")

    try:
        with dvc_errors():
            repository = SharingRepository()
            shared = repository.share(request["remote"])
            repository.repair()
            repository.read_stages()
            with repository.locked():
                shared.fetch_inputs(chain.stages, request["data"])
    except UserError as error:
        report(StageStarted(chain.name, chain.stages[0]))
        report(StageFailed(chain.name, chain.stages[0], f"{error}\n"))
        return False
    with preloaded_libraries(chain.stages):
        return run_chain(repository, chain, report)


def end_with_worker() -> None:
    """The worker's end closes standard input."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(KILL_SECONDS)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """What DVC prints before the first stage goes to standard error."""
    events = os.dup(1)
    os.dup2(2, 1)
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_worker, daemon=True).start()
    sys.exit(0 if run_in_copy(request, events) else 1)


if __name__ == "__main__":
    main()
