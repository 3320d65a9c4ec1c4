"""A sample of what `python -m tests.stories.kills` does at length."""

import sys
from pathlib import Path

import pytest

from tests.stories.kills import try_kills
from tests.stories.repo import Repo


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_after_a_kill_the_next_run_ends_like_an_undisturbed_one(finished: Repo, tmp_path: Path) -> None:
    assert {str(kill): failure for kill, failure in try_kills(finished, tmp_path, times=4, seed=1) if failure} == {}
