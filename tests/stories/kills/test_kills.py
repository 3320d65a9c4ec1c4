"""A sample of what `python -m tests.stories.kills` does at length."""

import sys
from pathlib import Path

import pytest

from tests.stories.kills.__main__ import try_one
from tests.stories.kills.kill import aimed_kills, random_kills

AIMS = ("dvc.lock truncated by DVC", "rwlock truncated", "checkout", "output.incomplete")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc, writes are found by inotify")
def test_after_a_kill_the_next_run_ends_like_an_undisturbed_one(preloaded: str, tmp_path: Path) -> None:
    aimed = [kill for kill in aimed_kills(15, seed=1) if kill.aim in AIMS]
    assert len(aimed) == len(AIMS)
    failures = {str(kill): try_one(kill, tmp_path, preloaded).failures for kill in [*random_kills(4, seed=1), *aimed]}
    assert {kill: failure for kill, failure in failures.items() if failure} == {}
