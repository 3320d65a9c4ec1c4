"""DVC's stages, cut into chains."""

from collections.abc import Iterable
from typing import Any, cast

import pytest

from stages.cli.run.plan import Chain, read_plan, stale_chains
from stages.core.dvc.repository import Repository

ANCESTORS: dict[str, set[str]] = {
    "guard": set(),
    "download@iris": {"guard"},
    "train@iris": {"guard", "download@iris"},
    "download@wine": {"guard"},
    "train@wine": {"guard", "download@wine"},
    "summary": {"guard", "download@iris", "train@iris", "download@wine", "train@wine"},
}
IRIS, WINE = ("download@iris", "train@iris"), ("download@wine", "train@wine")


class FakeRepository:
    def __init__(self, *changed: str) -> None:
        self.changed_stages = set(changed)

    def read_stages(self) -> list[str]:
        return list(ANCESTORS)

    def with_ancestors(self, names: Iterable[str]) -> set[str]:
        return {stage for name in names for stage in (name, *ANCESTORS[name])}

    def changed(self, names: Iterable[str]) -> set[str]:
        return self.changed_stages & set(names)


def repository(*changed: str) -> Repository:
    return cast("Any", FakeRepository(*changed))


def test_all_stages_before_in_and_after_the_chains() -> None:
    plan = read_plan(repository(), keys=[])
    assert plan.before == (Chain("guard", ("guard",)),)
    assert plan.chains == (Chain("iris", IRIS), Chain("wine", WINE))
    assert plan.after == (Chain("summary", ("summary",)),)


def test_keys_choose_chains_and_what_they_depend_on() -> None:
    plan = read_plan(repository(), keys=["wine"])
    assert [chain.name for chain in (*plan.before, *plan.chains, *plan.after)] == ["guard", "wine"]


@pytest.mark.parametrize(
    ("changed", "to_run"),
    [
        ([], {}),
        (["train@iris"], {"iris": IRIS[1:]}),
        (["download@iris", "train@wine"], {"iris": IRIS, "wine": WINE[1:]}),
        (["summary"], {}),
    ],
)
def test_a_chain_runs_from_its_first_stale_stage(changed: list[str], to_run: dict[str, tuple[str, ...]]) -> None:
    found = stale_chains([Chain("iris", IRIS), Chain("wine", WINE)], repository(*changed).changed)
    assert {chain.name: chain.stages_to_run for chain in found} == to_run
