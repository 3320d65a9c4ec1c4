import subprocess
from pathlib import Path

import pytest

from stages.cli.revisions.merge_base import main_branch, merge_base_with_main
from stages.core.errors import UserError
from tests.cli.revisions.recorded_repository import git


def commit(message: str) -> str:
    git("commit", "--quiet", "--allow-empty", "--message", message)
    return git("rev-parse", "HEAD")


def test_where_a_branch_left_main(repository: Path) -> None:
    left = git("rev-parse", "HEAD")
    git("checkout", "--quiet", "-b", "topic")
    commit("on the branch")
    git("checkout", "--quiet", "main")
    commit("on main")
    git("checkout", "--quiet", "topic")
    assert (main_branch(), merge_base_with_main()) == ("main", left)


def test_on_the_main_branch_it_is_the_last_commit(repository: Path) -> None:
    assert merge_base_with_main() == git("rev-parse", "HEAD")
    assert merge_base_with_main("old") == git("rev-parse", "old")


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (["refs/heads/master"], "main"),
        (["refs/remotes/origin/master", "refs/heads/master"], "origin/master"),
        (["refs/remotes/origin/main", "refs/remotes/origin/master"], "origin/main"),
    ],
)
def test_a_branch_of_the_remote_comes_first(references: list[str], expected: str, repository: Path) -> None:
    for reference in references:
        git("update-ref", reference, "old")
    assert main_branch() == expected


def test_the_default_branch_of_the_remote_can_have_any_name(repository: Path) -> None:
    git("update-ref", "refs/remotes/origin/trunk", "old")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert (main_branch(), merge_base_with_main()) == ("origin/trunk", git("rev-parse", "old"))


def test_a_default_branch_that_is_gone(repository: Path) -> None:
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert main_branch() == "main"


@pytest.mark.error_case("compare")
def test_no_main_branch(repository: Path) -> None:
    git("branch", "--move", "main", "topic")
    with pytest.raises(UserError, match=r"no main branch: .*; name the revision to compare with"):
        merge_base_with_main()


@pytest.mark.error_case("compare")
def test_no_commit_in_common(repository: Path) -> None:
    git("checkout", "--quiet", "--orphan", "other")
    commit("another beginning")
    with pytest.raises(UserError, match="HEAD and main have no commit in common; name the revision"):
        merge_base_with_main()


@pytest.mark.error_case("compare")
def test_a_shallow_clone(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("checkout", "--quiet", "-b", "topic", "old")
    commit("on the branch")
    git("checkout", "--quiet", "main")
    command = ["git", "clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{repository}", "shallow"]
    subprocess.run(command, check=True)
    monkeypatch.chdir("shallow")
    git("checkout", "--quiet", "topic")
    with pytest.raises(UserError, match="`git fetch --unshallow`"):
        merge_base_with_main()


@pytest.mark.error_case("compare")
def test_a_shallow_clone_of_one_branch_can_fetch_main(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = git("rev-parse", "HEAD")
    git("checkout", "--quiet", "-b", "topic")
    commit("on the branch")
    git("checkout", "--quiet", "main")
    command = ["git", "clone", "--quiet", "--depth=1", "--branch=topic", f"file://{repository}", "shallow"]
    subprocess.run(command, check=True)
    monkeypatch.chdir("shallow")
    with pytest.raises(UserError, match="`git fetch --unshallow origin main:main`"):
        merge_base_with_main()
    git("fetch", "--quiet", "--unshallow", "origin", "main:main")
    assert merge_base_with_main() == left
