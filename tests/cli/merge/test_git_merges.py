"""Real merges, rebases and cherry-picks by Git, with the merge driver and without it."""

import subprocess
import sys
from pathlib import Path

import pytest

from stages.cli.merge.install_driver import install_merge_driver, is_installed
from stages.cli.merge.merge import merge
from stages.cli.merge.mixed_entries import CHECKED, drop_mixed_entries
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.errors import UserError
from tests.cli.merge.branches import MERGED, OURS, ROOT, THEIRS, commit, git, merge_a_removed_file


@pytest.mark.parametrize("command", [("merge", "feature"), ("rebase", "feature"), ("cherry-pick", "feature")])
def test_the_driver_merges_different_datasets_without_a_word(command: tuple[str, ...], two_branches: None) -> None:
    assert not is_installed()
    install_merge_driver()
    assert is_installed()
    arguments = ("--no-edit",) if command[0] == "merge" else ()
    assert "restage" not in git(*command, *arguments)
    # In a rebase our commit is applied to the other branch.
    assert LOCK.read_text() == (MERGED if command[0] != "rebase" else MERGED.replace("cmd: 2", "cmd: 3", 1))
    assert git("status", "--porcelain") == ""


def test_the_driver_needs_no_file_of_the_work_tree(two_branches: None) -> None:
    install_merge_driver()
    Path("stages").write_text("a file that shadows the package\n")
    git("merge", "--no-edit", "feature")
    assert LOCK.read_text() == MERGED


def test_a_stage_that_both_branches_changed_is_named(two_branches: None) -> None:
    install_merge_driver()
    commit(dvc_dot_lock=OURS.replace("train@b:\n    cmd: 1", "train@b:\n    cmd: 9"))
    assert "dvc.lock: both sides changed train@b; `restage run`" in git("merge", "--no-edit", "feature")


def test_without_the_driver_restage_merge_resolves(two_branches: None, capsys: pytest.CaptureFixture[str]) -> None:
    git("merge", "feature", fails=True)
    merge()
    assert LOCK.read_text() == MERGED
    assert git("diff", "--name-only", "--diff-filter=U") == ""
    assert "resolved: dvc.lock" in capsys.readouterr().out
    git("commit", "--no-edit")
    merge()
    assert "nothing was resolved" in capsys.readouterr().out


def test_what_a_person_has_to_resolve_is_named(two_branches: None) -> None:
    commit(other_dot_txt="2\n")
    git("switch", "--quiet", "feature")
    commit(other_dot_txt="3\n")
    git("switch", "--quiet", "main")
    git("merge", "feature", fails=True)
    with pytest.raises(UserError, match=r"left to resolve: other\.txt"):
        merge()
    assert LOCK.read_text() == MERGED


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_committed_conflict_markers(style: str, two_branches: None) -> None:
    git("-c", f"merge.conflictStyle={style}", "merge", "feature", fails=True)
    git("add", "--all")
    git("commit", "--no-edit")
    merge()
    assert LOCK.read_text() == MERGED


@pytest.mark.parametrize("commit_first", [False, True])
def test_conflict_markers_of_one_branch_alone(commit_first: bool, two_branches: None) -> None:
    """As `git stash pop` and an interrupted rebase leave them: the record of the last commit is kept."""
    LOCK.write_text(f"<<<<<<< HEAD\n{OURS}=======\n{THEIRS}>>>>>>> stash\n")
    if commit_first:
        git("commit", "--all", "--quiet", "--message", "markers")
    merge()
    assert LOCK.read_text() == OURS


LONG = "schema: '2.0'\nstages:\n  guard:\n    cmd: 1\n  train@a:\n    deps: {}\n" + "    -\n" * 9 + "    outs: {}\n"


def test_an_entry_that_git_mixed_of_two_branches_is_dropped(two_branches: None) -> None:
    commit(dvc_dot_lock=LONG.format(1, 1))
    git("branch", "--force", "feature")
    commit(dvc_dot_lock=LONG.format(1, 2))
    git("switch", "--quiet", "feature")
    commit(dvc_dot_lock=LONG.format(2, 1))
    git("switch", "--quiet", "main")
    assert drop_mixed_entries() == []
    git("merge", "--no-edit", "feature")
    assert LOCK.read_text() == LONG.format(2, 2), "Git merges by lines"
    assert drop_mixed_entries() == ["train@a"]
    assert LOCK.read_text() == "schema: '2.0'\nstages:\n  guard:\n    cmd: 1\n"
    LOCK.write_text(LONG.format(2, 2))
    assert drop_mixed_entries() == [], "each commit is checked once"
    CHECKED.unlink()
    LOCK.write_text(LONG.format(2, 3))
    assert drop_mixed_entries() == [], "the entry was recorded since"


def test_a_result_that_one_branch_removed_goes(two_branches: None) -> None:
    merge_a_removed_file("reports/metrics/a.json")
    merge()
    assert not Path("reports/metrics/a.json").exists()
    assert git("status", "--porcelain").split() == ["D", "reports/metrics/a.json"]


def test_outside_a_repository_the_driver_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="git rev-parse"):
        install_merge_driver()
    command = [sys.executable, "-m", "stages.cli.merge.install_driver"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
