import subprocess
from pathlib import Path

import pytest

from stages.cli.revisions.find_commit import find_commit
from stages.core.errors import UserError
from tests.cli.revisions.recorded_repository import git


def test_a_tag_a_branch_a_commit_and_an_experiment(repository: Path) -> None:
    old, head = git("rev-parse", "old"), git("rev-parse", "HEAD")
    git("update-ref", f"refs/exps/{head[:2]}/{head[2:]}/wet-yolk", old)
    assert [find_commit(name) for name in ("old", "main", old[:8], "HEAD~1", "wet-yolk")] == [old, head, old, old, old]


@pytest.mark.error_case("predict")
@pytest.mark.parametrize(
    ("name", "hint"), [("odl", "did you mean old?"), ("--all", "allowed: main, old"), ("", "allowed: main, old")]
)
def test_a_name_of_nothing(name: str, hint: str, repository: Path) -> None:
    with pytest.raises(UserError, match="no tag, branch, commit or experiment has this name") as raised:
        find_commit(name)
    assert str(raised.value).endswith(hint)


@pytest.mark.error_case("predict")
def test_a_branch_of_a_remote_is_suggested(repository: Path) -> None:
    git("update-ref", "refs/remotes/origin/trunk", "old")
    with pytest.raises(UserError, match="did you mean origin/trunk"):
        find_commit("origin/trnk")


@pytest.mark.error_case("predict")
def test_a_shallow_clone_lacks_older_commits(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow"], check=True)
    monkeypatch.chdir("shallow")
    with pytest.raises(UserError, match="not in this shallow clone: `git fetch --unshallow`"):
        find_commit("HEAD~1")


@pytest.mark.error_case("predict")
def test_an_experiment_of_several_commits(repository: Path) -> None:
    old, head = git("rev-parse", "old"), git("rev-parse", "HEAD")
    for base in (old, head):
        git("update-ref", f"refs/exps/{base[:2]}/{base[2:]}/wet-yolk", base)
    with pytest.raises(UserError, match="experiments from 2 commits have this name"):
        find_commit("wet-yolk")


def test_stashes_of_dvc_are_no_experiments(repository: Path) -> None:
    git("update-ref", "refs/exps/celery/stash", git("rev-parse", "HEAD"))
    with pytest.raises(UserError):
        find_commit("stash")
