"""What there is to run: DVC's own graph, cut into what comes before the chains, the chains, and what comes after."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile
from typing import Any, TypeAlias

from dvc.dependency import param
from dvc.exceptions import DvcException
from dvc.repo import Repo, lock_repo
from dvc.repo.graph import get_subgraph_of_nodes
from dvc.repo.reproduce import plan_repro

from stages.core.errors import UserError

DvcStage: TypeAlias = Any


@dataclass(frozen=True)
class Chain:
    """Stages that run one after another: those of a dataset, or a single one that belongs to none."""

    name: str
    stages: tuple[DvcStage, ...]
    due: tuple[str, ...]

    @property
    def stale(self) -> bool:
        return bool(self.due)

    @property
    def names(self) -> list[str]:
        return [stage.addressing for stage in self.stages]


@dataclass(frozen=True)
class Plan:
    """`before` and `after` belong to no dataset; chains read what the first write, the last read what chains write."""

    before: tuple[Chain, ...]
    chains: tuple[Chain, ...]
    after: tuple[Chain, ...]
    order: tuple[str, ...]

    @property
    def stale(self) -> bool:
        return any(chain.stale for chain in (*self.before, *self.chains, *self.after))


@contextmanager
def dvc_mistakes() -> Iterator[None]:
    """What DVC refuses is a person's to mend, and its messages say how."""
    try:
        yield
    except DvcException as error:
        raise UserError(str(error)) from None


def read_plan(repo: Repo, keys: Sequence[str]) -> Plan:
    """The order is the one in which `dvc repro` would go through all stages."""
    with lock_repo(repo), _params_parsed_once():
        graph = repo.index.graph
        asked = [stage for stage in graph if not keys or key_of(stage) in keys]
        wanted = _with_ancestors(graph, asked)
        order = [stage for stage in plan_repro(graph) if stage in wanted]
        stale = {stage.addressing for stage in order if stage.changed()}
    needed = _with_ancestors(graph, [stage for stage in order if key_of(stage) is not None])
    single = [stage for stage in order if key_of(stage) is None]
    return Plan(
        tuple(_chain(s.addressing, [s], stale) for s in single if s in needed),
        tuple(_chain(key, [s for s in order if key_of(s) == key], stale) for key in _keys(order)),
        tuple(_chain(s.addressing, [s], stale) for s in single if s not in needed),
        tuple(stage.addressing for stage in order),
    )


@contextmanager
def _params_parsed_once() -> Iterator[None]:
    """DVC parses params.yaml anew for each stage, half of what a look at everything costs; it is locked meanwhile."""
    parse = param.load_path
    param.load_path = cache(parse)
    try:
        yield
    finally:
        param.load_path = parse


def key_of(stage: DvcStage) -> str | None:
    """`train@iris` belongs to iris, `summary` to nobody."""
    _, at, key = stage.addressing.partition("@")
    return key if at else None


def _chain(name: str, stages: Sequence[DvcStage], stale: set[str]) -> Chain:
    """What follows a stale stage will most likely run too."""
    due = dropwhile(lambda stage: stage not in stale, (stage.addressing for stage in stages))
    return Chain(name, tuple(stages), tuple(due))


def _keys(order: Sequence[DvcStage]) -> list[str]:
    return list(dict.fromkeys(key for key in map(key_of, order) if key is not None))


def _with_ancestors(graph: Any, stages: Sequence[DvcStage]) -> set[DvcStage]:
    return set(get_subgraph_of_nodes(graph, stages))
