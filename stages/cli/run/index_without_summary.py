"""The index page shows all datasets of the suite, also after a run of some of them, or in which some failed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from stages.cli.run.plan import dataset_of
from stages.core.dvc.repository import Repository
from stages.core.paths import SUITE


def write_index_without_summary(repository: Repository, failed: Sequence[str], finished: bool = False) -> bool:
    """Whether it was written: without a finished guard, the datasets are not known. `failed` are stages.

    `finished` says that the run did all that it was asked for. A page that is right already stays as it is recorded.
    """
    if not SUITE.is_file():
        return False
    from stages.report.suite.unfinished_index import write_unfinished_index  # imports the templates

    with repository.locked():
        stages = repository.read_stages()
        changed = repository.changed(stages)
    if finished and "summary" not in changed:
        return False
    # What all datasets depend on makes all of them stale.
    shared = [stage for stage in stages if dataset_of(stage) is None and stage in changed and stage != "summary"]
    keys = {key for stage in stages if (key := dataset_of(stage))}
    stale = by_dataset(stage for stage in stages if stage in changed)
    write_unfinished_index(by_dataset(failed), {key: [*shared, *stale.get(key, [])] for key in keys}, finished)
    return True


def by_dataset(stages: Iterable[str]) -> dict[str, list[str]]:
    """
    >>> by_dataset(["guard", "train@iris", "report@iris"])
    {'iris': ['train', 'report']}
    """
    found = defaultdict[str, list[str]](list)
    for stage in stages:
        key = dataset_of(stage)
        if key is not None:
            found[key].append(stage.partition("@")[0])
    return dict(found)
