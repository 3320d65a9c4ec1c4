"""A sample of what `python -m tests.stories.merge_histories` does at length, and what it found."""

import shutil
from pathlib import Path

import pytest

from tests.stories import light_pipeline
from tests.stories.merge_histories import Histories
from tests.stories.repo import Repo

SAMPLE = range(4)


@pytest.mark.long
def test_after_merges_a_run_gives_what_a_clean_run_gives(tmp_path: Path, preloaded: str) -> None:
    histories = Histories(tmp_path, seed=0, preloaded=preloaded)
    tried = [histories.try_history(number) for number in SAMPLE]
    assert [str(history) for history in tried if history.failure] == []


def test_nothing_is_left_of_a_dataset_that_another_branch_removed(small: Repo, tmp_path: Path) -> None:
    """DVC takes the guard's outputs from the cache that both share: the guard, which removes results, does not run."""
    ours = small
    theirs = ours.copy(tmp_path / "theirs")
    light_pipeline.remove_dataset(theirs, "bee")
    theirs.restage("run", "--no-preload")
    theirs.commit("Remove a dataset")
    ours.git("pull", "--quiet", str(theirs.path), "main")
    shutil.copytree(theirs.path / ".dvc/cache", ours.path / ".dvc/cache", dirs_exist_ok=True)
    ours.restage("run", "--no-preload")
    assert ours.git("status", "--porcelain") == ""


def test_a_record_that_git_mixed_is_not_believed(small: Repo, tmp_path: Path) -> None:
    """One branch limits epochs to 6, which changes no output of 5 epochs; the other sets 8. Git merges by lines."""
    ours = small
    theirs = ours.copy(tmp_path / "theirs")
    light_pipeline.write_code(ours, "train", {"comment": 0, "limit": 6, "revision": 0})
    theirs.edit("conf/dataset/ant.yaml", "epochs: 5", "epochs: 8")
    for repo in (ours, theirs):
        repo.restage("run", "--no-preload")
        repo.commit("A change")
    ours.git("pull", "--quiet", "--no-rebase", "--no-edit", str(theirs.path), "main")
    shutil.copytree(theirs.path / ".dvc/cache", ours.path / ".dvc/cache", dirs_exist_ok=True)
    ours.dvc("checkout")
    assert "up to date" in ours.dvc("status").stdout, "DVC believes that 8 epochs were run with the limit"
    assert "dropped from dvc.lock: train@ant" in ours.restage("run", "--no-preload").stdout
    assert ours.read("reports/metrics/ant.json") != theirs.read("reports/metrics/ant.json")
