import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.repo import environment

Commit = Callable[[str], str]


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commit:
    """Commits all files of an empty repository, with a subject; returns the commit."""
    monkeypatch.chdir(tmp_path)
    _git("init", "--quiet", "--initial-branch", "main")

    def commit_all(subject: str) -> str:
        _git("add", "--all")
        _git("commit", "--quiet", "--allow-empty", "--message", subject)
        return _git("rev-parse", "HEAD").strip()

    return commit_all


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, env=environment()).stdout
