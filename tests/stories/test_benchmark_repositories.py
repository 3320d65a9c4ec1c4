"""The repositories in which the benchmarks measure a run with nothing to do."""

from pathlib import Path

import pytest

from benchmarks.studies.throwaway_repositories import Graph, create_repository, run_dvc

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    "graph",
    [Graph("our graph", our_commands=True), Graph("one file", short_params=True, params_in_one_file=True)],
    ids=lambda graph: graph.name,
)
def test_dvc_finds_nothing_to_do(tmp_path: Path, graph: Graph) -> None:
    create_repository(tmp_path / "graph", 2, graph)
    assert "up to date" in run_dvc(tmp_path / "graph", "status")
