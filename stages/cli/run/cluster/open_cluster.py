"""Prepares a run on a cluster: everything that can be wrong is found here, before a stage runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stages.cli.git import git
from stages.cli.run.cluster.cluster_executor import ClusterExecutor, ClusterSetup
from stages.cli.run.cluster.connection.cluster_connection import connected_cluster
from stages.cli.run.cluster.connection.code_archive import DataSource, data_sources, own_files
from stages.cli.run.execution.local_executor import Report
from stages.cli.run.execution.open_executor import Place
from stages.core.dvc.repository import Repository
from stages.core.errors import UserError


@contextmanager
def cluster_executor(
    place: Place, datasets: Mapping[str, Any], repository: Repository, report: Report
) -> Iterator[ClusterExecutor]:
    """Raises UserError if the scheduler does not answer, no worker fits, or a worker cannot get what chains read."""
    data, outside = own_data(datasets)
    with connected_cluster(place, "run", archived_data(data)) as connection:
        results = git("ls-files", "-z", "--", "reports").split("\0")[:-1]
        setup = ClusterSetup(data, outside, results, place.memory)
        executor = ClusterExecutor(connection, setup, repository, place.slots, report)
        try:
            yield executor
        finally:
            executor.close()


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
