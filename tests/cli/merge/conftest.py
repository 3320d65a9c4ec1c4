from pathlib import Path

import pytest

from tests.cli.merge.branches import create_branches


@pytest.fixture
def two_branches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`main` and `feature` changed different datasets; `main` is checked out."""
    monkeypatch.chdir(tmp_path)
    create_branches()
