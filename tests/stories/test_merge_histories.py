"""A sample of what `python -m tests.stories.merge_histories` does at length, and what it found."""

import shutil
from pathlib import Path

import pytest

from tests.stories import light_pipeline
from tests.stories.merge_histories import Histories

SAMPLE = range(4)


@pytest.mark.long
def test_after_merges_a_run_gives_what_a_clean_run_gives(tmp_path: Path, preloaded: str) -> None:
    histories = Histories(tmp_path, seed=0, preloaded=preloaded)
    tried = [histories.try_history(number) for number in SAMPLE]
    assert [str(history) for history in tried if history.failure] == []


def test_nothing_is_left_of_a_dataset_that_another_branch_removed(tmp_path: Path, preloaded: str) -> None:
    """DVC takes the guard's outputs from the cache that both share: the guard, which removes results, does not run."""
    ours = light_pipeline.create(tmp_path / "ours", ("ant", "bee"), preloaded)
    theirs = ours.copy(tmp_path / "theirs")
    light_pipeline.remove_dataset(theirs, "bee")
    theirs.restage("run", "--no-preload")
    theirs.commit("Remove a dataset")
    ours.git("pull", "--quiet", str(theirs.path), "main")
    shutil.copytree(theirs.path / ".dvc/cache", ours.path / ".dvc/cache", dirs_exist_ok=True)
    ours.restage("run", "--no-preload")
    assert ours.git("status", "--porcelain") == ""
