"""The plan of a run: stages before the chains, one chain for each dataset, and stages after them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from stages.core.dvc.repository import Repository


@dataclass(frozen=True)
class Chain:
    """Stages that run one after another: those of a dataset, or a single one that belongs to no dataset."""

    name: str
    stages: tuple[str, ...]
    stages_to_run: tuple[str, ...] = ()  # as far as it is known: the first stale one, and all that follow it

    @property
    def needed_stages(self) -> tuple[str, ...]:
        return self.stages_to_run or self.stages


@dataclass(frozen=True)
class Plan:
    """The chains read what the stages `before` write, and `after` reads what the chains write."""

    before: tuple[Chain, ...]
    chains: tuple[Chain, ...]
    after: tuple[Chain, ...]


def read_plan(repository: Repository, keys: Sequence[str]) -> Plan:
    """The stages of these datasets, all if none is named, and what they depend on. Which are stale is not yet known."""
    stages = repository.read_stages()
    wanted = repository.with_ancestors(stage for stage in stages if not keys or dataset_of(stage) in keys)
    order = [stage for stage in stages if stage in wanted]
    of_datasets = [stage for stage in order if dataset_of(stage) is not None]
    needed = repository.with_ancestors(of_datasets)
    single = [Chain(stage, (stage,)) for stage in order if dataset_of(stage) is None]
    by_dataset: dict[str, tuple[str, ...]] = {}
    for stage in of_datasets:
        key = str(dataset_of(stage))
        by_dataset[key] = (*by_dataset.get(key, ()), stage)
    return Plan(
        before=tuple(chain for chain in single if chain.name in needed),
        chains=tuple(Chain(key, stages_of_key) for key, stages_of_key in by_dataset.items()),
        after=tuple(chain for chain in single if chain.name not in needed),
    )


def stale_chains(chains: Sequence[Chain], changed_of: Callable[[Iterable[str]], set[str]]) -> list[Chain]:
    """The chains with a stale stage, and the stages that they have to run; `changed_of` gives the changed stages."""
    changed = changed_of(stage for chain in chains for stage in chain.stages)
    found = (
        replace(chain, stages_to_run=tuple(dropwhile(lambda stage: stage not in changed, chain.stages)))
        for chain in chains
    )
    return [chain for chain in found if chain.stages_to_run]


def dataset_of(stage: str) -> str | None:
    """
    >>> dataset_of("train@iris"), dataset_of("summary")
    ('iris', None)
    """
    _, at, key = stage.partition("@")
    return key if at else None
