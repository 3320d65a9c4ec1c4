"""Makes the executor that a person asks for: `restage run --on`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from stages.cli.run.check_memory import check_memory
from stages.cli.run.execution.chain_process import run_chain
from stages.cli.run.execution.executor import Executor
from stages.cli.run.execution.local_executor import LocalExecutor, Report
from stages.core.dvc.repository import Repository
from stages.core.errors import UserError

LOCAL, OWN_CLUSTER = "local", "dask"
PROTOCOLS = ("tcp://", "tls://")


@dataclass(frozen=True)
class Place:
    """Where chains run. `slots`: how many threads they have here, or how many workers a cluster of this run has.

    `memory`, in bytes: what all chains here may use; on a cluster, what each may that asks for none.
    """

    name: str
    slots: int
    with_changes: bool = False
    memory: int | None = None


def check_place(name: str) -> None:
    """Raises UserError for what --on does not take.

    >>> check_place("tcp://scheduler:8786")
    """
    if name not in (LOCAL, OWN_CLUSTER) and not name.startswith(PROTOCOLS):
        raise UserError(
            f"--on {name}: allowed are {LOCAL}, {OWN_CLUSTER} (workers of this machine), and the address of a Dask "
            "scheduler, such as tcp://scheduler:8786 or tls://scheduler:8786"
        )


@contextmanager
def open_executor(
    place: Place, datasets: Mapping[str, Any], repository: Repository, report: Report
) -> Iterator[Executor]:
    """`datasets` are the parameters of those that may run."""
    if place.name == LOCAL:
        check_memory(place.memory, datasets)
        yield LocalExecutor(place.slots, partial(run_chain, repository), report, place.memory)
        return
    with needing_dask(place.name):
        from stages.cli.run.cluster.open_cluster import cluster_executor
    with cluster_executor(place, datasets, repository, report) as executor:
        yield executor


@contextmanager
def needing_dask(place: str) -> Iterator[None]:
    """For the import of what imports Dask, which is an extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("cloudpickle", "distributed"):
            raise
        raise UserError(f"--on {place} needs Dask: `pip install 'restage[dask]'`, here and on the workers") from None
