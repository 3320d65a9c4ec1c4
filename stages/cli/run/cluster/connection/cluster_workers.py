"""The workers of the cluster: which of them fit, and why others do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stages.cli.run.execution.executor import Resources
from stages.core.dask_workers.worker_requirements import Requirements, differences
from stages.core.errors import format_examples

if TYPE_CHECKING:
    from distributed import Client

THREADS, MEMORY, GPU = "threads", "memory", "GPU"


@dataclass(frozen=True)
class ClusterWorker:
    """`resources` are those that it was started with."""

    address: str
    name: str
    resources: Mapping[str, float]

    def __str__(self) -> str:
        return self.address if self.name == self.address else f"{self.name} ({self.address})"


class WorkerPool:
    """`refused` has the reasons for each address."""

    def __init__(self, client: "Client", requirements: Requirements) -> None:
        self._client = client
        self._requirements = requirements
        self.workers: dict[str, ClusterWorker] = {}
        self.refused: dict[str, list[str]] = {}

    def update(self) -> list[str]:
        """Look at who is there, and examine who is new; returns a line for each new worker that does not fit."""
        info = self._client.scheduler_info()["workers"]
        new = [address for address in info if address not in self.workers]
        self.workers = {
            address: ClusterWorker(address, str(worker["name"]), worker.get("resources", {}))
            for address, worker in info.items()
        }
        found = self._examine(new) if new else {}
        self.refused |= {address: reasons for address, reasons in found.items() if reasons}
        return [self.describe(address) for address in new if address in self.refused]

    def _examine(self, addresses: list[str]) -> dict[str, list[str]]:
        """Functions are sent only to workers of the same Python: their byte code differs between versions."""
        requirements, found = self._requirements, {}
        for address, about in self._client.get_versions()["workers"].items():
            python = ".".join(str(about["host"]["python"]).split(".")[:2])
            if address in addresses and python != requirements.python:
                found[address] = [f"Python is {python}, needed is {requirements.python}"]
        same = [address for address in addresses if address not in found]
        if same:
            found |= self._client.run(lambda: differences(requirements), workers=same, on_error="ignore")
        return found

    def describe(self, address: str) -> str:
        name = self.workers.get(address, address)
        return f"worker {name} is not used: {format_examples(self.refused[address])}"

    @property
    def fitting(self) -> list[ClusterWorker]:
        return [worker for address, worker in self.workers.items() if address not in self.refused]

    def needs(self, resources: Resources) -> dict[str, float]:
        """What is asked of Dask. Threads are counted only where workers declare them; else a chain takes a thread."""
        declared = any(THREADS in worker.resources for worker in self.fitting)
        needs = {
            THREADS: resources.threads if declared else 0,
            MEMORY: resources.memory_bytes or 0,
            GPU: resources.gpus,
        }
        return {name: float(amount) for name, amount in needs.items() if amount}


def missing_resource(needs: Mapping[str, float], workers: Iterable[ClusterWorker]) -> str | None:
    """Why a chain with these needs cannot start on any of the workers, whatever else runs; None if it can.

    >>> missing_resource({"GPU": 1.0}, [ClusterWorker("tcp://a:1", "a", {"memory": 4e9})])
    'it needs GPU: 1, and no worker has it; a (tcp://a:1) has memory: 4 GB; start one with --resources "GPU=1"'
    >>> missing_resource({}, []), missing_resource({}, [ClusterWorker("a", "a", {})])
    ('no worker that fits is connected', None)
    """
    listed = list(workers)
    if not listed:
        return "no worker that fits is connected"
    if any(all(worker.resources.get(name, 0) >= amount for name, amount in needs.items()) for worker in listed):
        return None
    has = "; ".join(f"{worker} has {_format(worker.resources) or 'no resources'}" for worker in listed[:5])
    start = ",".join(f"{name}={amount:g}" for name, amount in needs.items())
    return f'it needs {_format(needs)}, and no worker has it; {has}; start one with --resources "{start}"'


def _format(resources: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name}: {f'{amount / 1e9:g} GB' if name == MEMORY else f'{amount:g}'}" for name, amount in resources.items()
    )
