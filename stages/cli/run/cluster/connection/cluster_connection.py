"""The connection of a command to a cluster: its scheduler, its workers, and what they all get."""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudpickle

from stages.cli.run.cluster import worker as worker_package
from stages.cli.run.cluster.connection.cluster_workers import WorkerPool
from stages.cli.run.cluster.connection.code_archive import code_archive
from stages.cli.run.cluster.connection.connect import connected
from stages.cli.run.cluster.connection.shared_storage import SharedStorage, shared_storage
from stages.cli.run.cluster.worker.worker_task import CopyContent
from stages.cli.run.execution.open_executor import Place
from stages.core import dask_workers, paths
from stages.core.dask_workers.worker_requirements import Requirements, requirements_of
from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.errors import UserError

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True)
class ClusterConnection:
    place: str
    client: "Client"
    pool: WorkerPool
    requirements: Requirements
    content: CopyContent


@contextmanager
def connected_cluster(place: Place, command: str, read: Iterable[str]) -> Iterator[ClusterConnection]:
    """`read` are paths of git that tasks of this command read, besides those that stages of datasets do.

    Raises UserError if the scheduler does not answer, no worker fits, or results cannot get to this clone.
    """
    pipeline = {name: section for name, section in read_pipeline().items() if "foreach" in section}
    archive = code_archive([*code_paths(pipeline), *read], place.with_changes)
    requirements = requirements_of(pipeline)
    with connected(place.name, place.slots) as client:
        for package in (worker_package, dask_workers):
            cloudpickle.register_pickle_by_value(package)
        pool = WorkerPool(client, requirements)
        examine_workers(place.name, pool, command)
        storage = shared_storage(place.name, client, [worker.address for worker in pool.fitting])
        params = paths.PARAMS.read_text(encoding="utf-8")
        yield ClusterConnection(place.name, client, pool, requirements, copy_content(archive, params, storage))


def copy_content(archive: bytes, params: str, storage: SharedStorage) -> CopyContent:
    """The requirements are no part of the key: a worker compares them for each task."""
    return CopyContent(
        repository=Path.cwd().name,
        key=hashlib.sha256(f"{storage}\n{params}\n".encode() + archive).hexdigest(),
        archive=archive,
        params=params,
        configuration=storage.configuration,
        remote=storage.remote,
        cache=storage.cache,
        checkpoints=storage.checkpoints,
    )


def examine_workers(place: str, pool: WorkerPool, command: str) -> None:
    """Print which workers do not fit; raises UserError if there are some and none fits."""
    lines = pool.update()
    if pool.workers and not pool.fitting:
        raise UserError(
            *lines, f"--on {place}: no worker fits; on the workers, install what requirements.lock has (`make setup`)"
        )
    for line in lines:
        print(f"restage: {command}: {line}", file=sys.stderr, flush=True)


def code_paths(pipeline: Mapping[str, Any]) -> list[str]:
    """What stages of datasets read in git: their dependencies, and files that their commands name.

    Paths with a key are outputs of other stages.
    """
    sections = [section.get("do", {}) for section in pipeline.values()]
    deps = {str(dep) for section in sections for dep in section.get("deps", []) if "${" not in str(dep)}
    words = {word for section in sections for word in str(section.get("cmd", "")).split()}
    return sorted(deps | {word for word in words if Path(word).is_file()})
