"""The order of the chains, and the threads that they ask for."""

import pytest

from stages.cli.run.dataset_resources import chain_resources
from stages.cli.run.execution.executor import Resources
from stages.cli.run.run import longest_first
from tests.cli.run.fake_chains import fake_chain


def test_long_chains_come_first_and_before_them_those_with_a_stage_that_never_ran() -> None:
    durations = {"train@short": 1.0, "train@long": 9.0, "train@half": 5.0}
    chains = [fake_chain("short"), fake_chain("long"), fake_chain("half", "train", "report"), fake_chain("new")]
    assert [chain.name for chain in longest_first(chains, durations)] == ["half", "new", "long", "short"]


@pytest.mark.parametrize(("name", "threads"), [("iris", 2), ("wine", 1), ("guard", 1)])
def test_a_chain_asks_for_the_threads_of_its_training(name: str, threads: int) -> None:
    datasets = {"iris": {"train": {"threads": 2}}, "wine": {"train": {}}}
    assert chain_resources(datasets, fake_chain(name)) == Resources(threads=threads)
