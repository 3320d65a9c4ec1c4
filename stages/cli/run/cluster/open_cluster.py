"""Prepares a run on a cluster: everything that can be wrong is found here, before a stage runs."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cloudpickle

from stages.cli.git import git
from stages.cli.run.cluster import worker as worker_package
from stages.cli.run.cluster.cluster_executor import ClusterExecutor, ClusterSetup
from stages.cli.run.cluster.cluster_workers import WorkerPool
from stages.cli.run.cluster.code_archive import DataSource, code_archive, data_sources, own_files
from stages.cli.run.cluster.connect import connected
from stages.cli.run.cluster.shared_storage import shared_storage
from stages.cli.run.cluster.worker_requirements import requirements_of
from stages.cli.run.execution.local_executor import Report
from stages.cli.run.execution.open_executor import Place
from stages.core import paths
from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.dvc.repository import Repository
from stages.core.errors import UserError


@contextmanager
def cluster_executor(
    place: Place, datasets: Mapping[str, Any], repository: Repository, report: Report
) -> Iterator[ClusterExecutor]:
    """Raises UserError if the scheduler does not answer, no worker fits, or a worker cannot get what chains read."""
    pipeline = {name: section for name, section in read_pipeline().items() if "foreach" in section}
    data, outside = own_data(datasets)
    archive = code_archive([*code_paths(pipeline), *archived_data(data)], place.with_changes)
    requirements = requirements_of(pipeline)
    with connected(place.name, place.slots) as client:
        cloudpickle.register_pickle_by_value(worker_package)
        pool = WorkerPool(client, requirements)
        examine_workers(place.name, pool)
        storage = shared_storage(place.name, client, [worker.address for worker in pool.fitting])
        params = paths.PARAMS.read_text(encoding="utf-8")
        results = git("ls-files", "-z", "--", "reports").split("\0")[:-1]
        setup = ClusterSetup(place.name, archive, params, storage, requirements, data, outside, results, place.memory)
        executor = ClusterExecutor(client, setup, pool, repository, place.slots, report)
        try:
            yield executor
        finally:
            executor.close()


def examine_workers(place: str, pool: WorkerPool) -> None:
    """Print which workers do not fit; raises UserError if there are some and none fits."""
    lines = pool.update()
    if pool.workers and not pool.fitting:
        raise UserError(
            *lines, f"--on {place}: no worker fits; on the workers, install what requirements.lock has (`make setup`)"
        )
    for line in lines:
        print(f"restage: run: {line}", file=sys.stderr, flush=True)


def code_paths(pipeline: Mapping[str, Any]) -> list[str]:
    """What stages of datasets read in git: their dependencies, and files that their commands name.

    Paths with a key are outputs of other stages.
    """
    sections = [section.get("do", {}) for section in pipeline.values()]
    deps = {str(dep) for section in sections for dep in section.get("deps", []) if "${" not in str(dep)}
    words = {word for section in sections for word in str(section.get("cmd", "")).split()}
    return sorted(deps | {word for word in words if Path(word).is_file()})


def own_data(
    datasets: Mapping[str, Any],
) -> tuple[dict[str, list[DataSource] | UserError], dict[str, list[str]]]:
    """For each dataset, its own files in this repository and how a worker gets them, and those that lie outside."""
    inside, outside = dict[str, list[DataSource] | UserError](), dict[str, list[str]]()
    for key, sections in datasets.items():
        names = list(own_files(sections.get("download", {})))
        outside[key] = [str(Path(name).absolute()) for name in names if is_outside(name)]
        try:
            inside[key] = data_sources([name for name in names if not is_outside(name)])
        except UserError as error:
            inside[key] = error
    return inside, outside


def is_outside(name: str) -> bool:
    """
    >>> is_outside("data/own.csv"), is_outside("/shared/own.csv"), is_outside("../own.csv")
    (False, True, True)
    """
    return Path(name).is_absolute() or ".." in Path(name).parts


def archived_data(data: Mapping[str, Sequence[DataSource] | UserError]) -> list[str]:
    """The .dvc files of what DVC tracks, and the files themselves that git has."""
    sources = [source for found in data.values() if not isinstance(found, UserError) for source in found]
    return [f"{source.tracked}.dvc" if source.tracked else source.path for source in sources]
