"""A sample of what `python -m tests.stories.kills` does at length."""

import sys
from pathlib import Path

import pytest

from tests.stories.kills.__main__ import try_one
from tests.stories.kills.aims import REPRO
from tests.stories.kills.kill import Kill, aimed_kills, random_kills
from tests.stories.kills.processes import STAGE_AND_RUNNER

AIMS = ("dvc.lock truncated by DVC", "rwlock truncated", "checkout", "output.incomplete")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc, writes are found by inotify")
def test_after_a_kill_the_next_run_ends_like_an_undisturbed_one(preloaded: str, tmp_path: Path) -> None:
    aimed = [kill for kill in aimed_kills(15, seed=1) if kill.aim in AIMS]
    assert len(aimed) == len(AIMS)
    # DVC alone recovers too, if it was not writing one of its own files.
    in_stage = Kill(4, REPRO, "report", STAGE_AND_RUNNER, 0.5, then=REPRO)
    kills = [*random_kills(4, seed=1), in_stage, *aimed]
    failures = {str(kill): try_one(kill, tmp_path, preloaded).failures for kill in kills}
    assert {kill: failure for kill, failure in failures.items() if failure} == {}
