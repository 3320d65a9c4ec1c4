"""The repositories in which the benchmarks measure a run with nothing to do."""

from pathlib import Path

import pytest

from benchmarks.throwaway_repositories import Kind, dvc, make

pytestmark = pytest.mark.story


@pytest.mark.parametrize("kind", [Kind("ours", commands=True), Kind("a file each", lean=True, apart=True)])
def test_dvc_finds_nothing_to_do(tmp_path: Path, kind: Kind) -> None:
    make(tmp_path / "graph", 2, kind)
    assert "up to date" in dvc(tmp_path / "graph", "status")
