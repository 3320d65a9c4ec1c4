from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def repository_without_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a damaged file, its record is looked up in dvc.lock; parsing this repository's takes longer than the test."""
    monkeypatch.chdir(tmp_path)
