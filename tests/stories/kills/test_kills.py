"""A sample of what `python -m tests.stories.kills` does at length."""

import sys
from pathlib import Path

import pytest

from tests.stories.kills.__main__ import finished_project
from tests.stories.kills.kill import aimed_kills, random_kills, try_kill, undisturbed

AIMS = ("dvc.lock truncated by DVC", "rwlock truncated", "checkout", "output.incomplete")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc, writes are found by inotify")
def test_after_a_kill_the_next_run_ends_like_an_undisturbed_one(preloaded: str, tmp_path: Path) -> None:
    base = finished_project(tmp_path / "base", preloaded)
    aimed = [kill for kill in aimed_kills(15, seed=1) if kill.aim in AIMS]
    failures = {}
    for kill in [*random_kills(4, seed=1), *aimed]:
        expected = undisturbed(base, kill.scenario, tmp_path)
        name = f"{'aimed' if kill.aim else 'random'}_{kill.number}"
        failures[str(kill)] = try_kill(kill, base, expected, tmp_path / name).failures
    assert {kill: failure for kill, failure in failures.items() if failure} == {}
