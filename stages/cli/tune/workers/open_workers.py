"""Where the trials of a study are trained: in processes of this machine, or on the workers of a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.cli.run.execution.executor import Resources
from stages.cli.run.execution.open_executor import LOCAL, Place, needing_dask
from stages.cli.tune.workers.trial_workers import TrialWorkers
from stages.cli.tune.workers.worker_pool import worker_pool


@contextmanager
def open_workers(place: Place, key: str, resources: Resources, folder: Path) -> Iterator[TrialWorkers]:
    """Those of `place`, of which `slots` tasks may run at once; all that runs is ended with the block."""
    if place.name == LOCAL:
        with worker_pool(place.slots, resources.threads, folder) as pool:
            yield pool
        return
    with needing_dask(place.name):
        from stages.cli.tune.workers.cluster_trials import cluster_trials
    with cluster_trials(place, key, resources) as trials:
        yield trials
