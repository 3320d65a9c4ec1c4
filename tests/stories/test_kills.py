"""A sample of what `python -m tests.stories.kills` does at length."""

import sys
from pathlib import Path

import pytest

from tests.stories.kills import tried
from tests.stories.repo import Repo


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_killed_anywhere_the_next_run_finishes_as_if_undisturbed(finished: Repo, tmp_path: Path) -> None:
    assert {str(kill): wrong for kill, wrong in tried(finished, tmp_path, times=4, seed=1) if wrong} == {}
