"""What trains the trials of a study: processes of this machine, or the workers of a cluster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from stages.cli.run.execution.executor import Resources
from stages.cli.run.execution.open_executor import LOCAL, Place, needing_dask
from stages.cli.tune.workers.messages import Result, StudySetup, Task
from stages.cli.tune.workers.worker_pool import worker_pool


class TrialWorkers(Protocol):
    def start(self, count: int) -> None:
        """So many tasks will come: what they need may start before the setup is known."""

    def run(
        self, setup: StudySetup, tasks: Sequence[Task], may_start: Callable[[], bool] = lambda: True
    ) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in the order in which they end. No task starts when `may_start` is false.

        A task whose worker died is given to another one.
        """


@contextmanager
def trial_workers(place: Place, key: str, resources: Resources, folder: Path) -> Iterator[TrialWorkers]:
    """Those of `place`, of which `slots` tasks may run at once; all that runs is ended with the block."""
    if place.name == LOCAL:
        with worker_pool(place.slots, resources.threads, folder) as pool:
            yield pool
        return
    with needing_dask(place.name):
        from stages.cli.tune.workers.cluster_trials import cluster_trials
    with cluster_trials(place, key, resources) as trials:
        yield trials
