"""The merge driver and `restage merge` in unusual repositories, environments and merges."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from stages.cli.merge.install_driver import SETTINGS, install_merge_driver
from stages.cli.merge.merge import merge
from stages.cli.merge.mixed_entries import drop_mixed_entries
from stages.core.dvc.lock_file.lock_file import LOCK
from tests.cli.merge.branches import MERGED, OURS, THEIRS, commit, create_branches, git, merge_a_removed_file
from tests.cli.merge.test_merge_files import suite


@pytest.fixture(params=["driver", "restage merge"])
def below_the_top(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """dvc.yaml is in a folder of the Git repository, and the path has spaces; returns how branches are merged."""
    (tmp_path / "a folder/the project").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a folder")
    create_branches(Path("the project"))
    os.chdir("the project")
    if request.param == "driver":
        install_merge_driver()
    return str(request.param)


def test_below_the_top_of_the_work_tree(below_the_top: str) -> None:
    git("merge", "--no-edit", "feature", fails=below_the_top != "driver")
    if below_the_top != "driver":
        merge()
    assert LOCK.read_text() == MERGED
    assert git("diff", "--name-only", "--diff-filter=U") == ""


def test_a_suite_below_the_top_has_the_datasets_of_both(below_the_top: str) -> None:
    for branch, keys in (("main", "ab"), ("feature", "ac")):
        git("switch", "--quiet", branch)
        commit(conf__suite__starter_dot_yaml=suite(*keys))
    git("switch", "--quiet", "main")
    git("merge", "--no-edit", "feature", fails=below_the_top != "driver")
    if below_the_top != "driver":
        merge()
    assert Path("conf/suite/starter.yaml").read_text() == suite("a", "b", "c")


def test_in_a_linked_work_tree(two_branches: None, tmp_path: Path) -> None:
    install_merge_driver()
    git("worktree", "add", "--quiet", "-b", "other", "linked", "main")
    os.chdir("linked")
    git("merge", "--no-edit", "feature")
    assert LOCK.read_text() == MERGED


def test_in_a_submodule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("part", "whole"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        create_branches()
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "part"), "part")
    os.chdir("part")
    install_merge_driver()
    git("merge", "--no-edit", "origin/feature")
    assert LOCK.read_text() == MERGED


def test_a_stash(two_branches: None) -> None:
    install_merge_driver()
    LOCK.write_text(OURS.replace("train@b:\n    cmd: 1", "train@b:\n    cmd: 2"))
    git("stash")
    commit(dvc_dot_lock=OURS.replace("guard:\n    cmd: 2", "guard:\n    cmd: 4"))
    git("stash", "pop")
    assert LOCK.read_text() == MERGED.replace("guard:\n    cmd: 2", "guard:\n    cmd: 4")


def test_a_stash_without_the_driver(two_branches: None) -> None:
    LOCK.write_text(OURS.replace("guard:\n    cmd: 2", "guard:\n    cmd: 5"))
    git("stash")
    commit(dvc_dot_lock=OURS.replace("guard:\n    cmd: 2", "guard:\n    cmd: 4"))
    git("stash", "pop", fails=True)
    merge()
    assert LOCK.read_text() == OURS.replace("guard:\n    cmd: 2", "guard:\n    cmd: 4")


def test_an_octopus_merge_mixes_an_entry_and_it_is_dropped(two_branches: None) -> None:
    """Git merges more than two branches by lines, without merge drivers."""
    install_merge_driver()
    long = "schema: '2.0'\nstages:\n  guard:\n    cmd: 1\n  train@a:\n    deps: {}\n" + "    -\n" * 9 + "    outs: {}\n"
    commit(dvc_dot_lock=long.format(1, 1))
    for branch, versions in (("one", (1, 2)), ("two", (2, 1))):
        git("switch", "--quiet", "--create", branch, "main")
        commit(dvc_dot_lock=long.format(*versions))
    git("switch", "--quiet", "--create", "three", "main")
    commit(other_dot_txt="3\n")
    git("merge", "--no-edit", "one", "two")
    assert LOCK.read_text() == long.format(2, 2)
    assert drop_mixed_entries() == ["train@a"]


def test_several_common_ancestors(two_branches: None) -> None:
    """Each branch has merged the other, with another result: what their ancestors differ in is not reported."""
    install_merge_driver()
    for branch, text in (("main", "2"), ("feature", "3")):
        git("switch", "--quiet", branch)
        commit(conf__accepted__a_dot_json=text)
        git("tag", branch + "-alone")
    for branch, other in (("main", "feature"), ("feature", "main")):
        git("switch", "--quiet", branch)
        git("merge", "--no-edit", f"{other}-alone", fails=True)
        git("add", "--all")
        git("commit", "--quiet", "--no-edit")
    assert len(git("merge-base", "--all", "main", "feature").split()) == 2
    commit(dvc_dot_lock=MERGED.replace("train@b:\n    cmd: 2", "train@b:\n    cmd: 7"))
    done = git("merge", "main", fails=True)
    assert done.count("conf/accepted/a.json: both sides accepted") == 1
    assert LOCK.read_text() == MERGED.replace("train@b:\n    cmd: 2", "train@b:\n    cmd: 7")


def pythons() -> list[str]:
    """All that are installed: the driver runs with the system's, which may be older than that of the project."""
    found = [shutil.which(f"python3.{minor}") for minor in range(7, 15)]
    found += [str(path) for path in Path.home().glob(".pyenv/versions/3.*/bin/python3")]
    return sorted({path for path in found if path and runs(path)})


def runs(python: str) -> bool:
    command = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 7))"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("python", pythons())
def test_the_driver_runs_with_any_python(
    python: str, two_branches: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_merge_driver()
    use_python(f'exec "{python}" "$@"', tmp_path, monkeypatch)
    assert "restage" not in git("merge", "--no-edit", "feature")
    assert LOCK.read_text() == MERGED


@pytest.mark.parametrize("script", ["exit 127", 'test "$1" != -c'])
def test_without_a_python_there_are_conflict_markers_and_a_message(
    script: str, two_branches: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_merge_driver()
    with monkeypatch.context() as context:
        use_python(script, tmp_path, context)
        output = git("merge", "--no-edit", "feature", fails=True)
    assert "python3" in output
    assert "`restage merge`" in output
    assert "<<<<<<< " in LOCK.read_text()
    merge()
    assert LOCK.read_text() == MERGED


def use_python(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this shell script the `python3` that Git finds."""
    python = folder / ".git/bin/python3"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{python.parent}{os.pathsep}{os.environ['PATH']}")


def test_windows_line_ends_in_one_branch(two_branches: None) -> None:
    install_merge_driver()
    git("switch", "--quiet", "feature")
    LOCK.write_bytes(THEIRS.replace("\n", "\r\n").encode())
    git("commit", "--all", "--quiet", "--message", "line ends")
    git("switch", "--quiet", "main")
    git("merge", "--no-edit", "feature")
    assert LOCK.read_bytes().decode() == MERGED


def test_a_checkout_with_windows_line_ends(two_branches: None) -> None:
    git("config", "core.autocrlf", "true")
    install_merge_driver()
    git("merge", "--no-edit", "feature")
    assert git("show", "HEAD:dvc.lock") == MERGED
    git("reset", "--quiet", "--hard", "HEAD~1")
    git("config", "--remove-section", "merge.restage")
    git("merge", "--no-edit", "feature", fails=True)
    merge()
    git("commit", "--no-edit")
    assert git("show", "HEAD:dvc.lock") == MERGED


@pytest.mark.parametrize("operation", [("rebase", "feature"), ("cherry-pick", "feature"), ("merge", "feature")])
def test_a_record_that_git_mixed_beside_a_conflict_in_another_file(
    operation: tuple[str, ...], two_branches: None
) -> None:
    """Without the driver: Git says nothing about dvc.lock, and only now its versions are known."""
    long = "schema: '2.0'\nstages:\n  guard:\n    cmd: 1\n  train@a:\n    deps: {}\n" + "    -\n" * 9 + "    outs: {}\n"
    commit(dvc_dot_lock=long.format(1, 1), conf__suite__a_dot_yaml=suite("a"))
    git("branch", "--force", "feature")
    commit(dvc_dot_lock=long.format(1, 2), conf__suite__a_dot_yaml=suite("a", "b"))
    git("switch", "--quiet", "feature")
    commit(dvc_dot_lock=long.format(2, 1), conf__suite__a_dot_yaml=suite("a", "c"))
    git("switch", "--quiet", "main")
    git(*operation, fails=True)
    assert LOCK.read_text() == long.format(2, 2)
    merge()
    assert LOCK.read_text() in (long.format(1, 2), long.format(2, 1))
    assert git("diff", "--name-only") == ""


def test_a_damaged_record_is_left_to_a_person(two_branches: None) -> None:
    install_merge_driver()
    git("switch", "--quiet", "feature")
    commit(dvc_dot_lock="damaged\n")
    git("switch", "--quiet", "main")
    assert "dvc.lock: merged by lines" in git("merge", "feature", fails=True)
    assert "<<<<<<< " in LOCK.read_text()


def test_it_is_installed_again_after_it_changed(two_branches: None) -> None:
    git("config", "merge.restage.driver", "an earlier one")
    Path(".git/restage-merge-driver.pyz").write_text("an earlier one")
    install_merge_driver()
    assert git("config", "merge.restage.driver").strip() == SETTINGS["driver"]
    git("merge", "--no-edit", "feature")
    assert LOCK.read_text() == MERGED


def test_what_a_later_run_recorded_is_not_dropped_in_another_clone(two_branches: None) -> None:
    """A result that is right by chance would be computed again in every clone."""
    long = (
        "schema: '2.0'\nstages:\n  guard:\n    cmd: {}\n  train@a:\n    deps: {}\n" + "    -\n" * 9 + "    outs: {}\n"
    )
    commit(dvc_dot_lock=long.format(1, 1, 1))
    git("branch", "--force", "feature")
    commit(dvc_dot_lock=long.format(1, 1, 2))
    git("switch", "--quiet", "feature")
    commit(dvc_dot_lock=long.format(1, 2, 1))
    git("switch", "--quiet", "main")
    git("merge", "--no-edit", "feature")
    commit(other_dot_txt="after the merge\n")
    git("clone", "--quiet", ".", "clone")
    os.chdir("clone")
    assert drop_mixed_entries() == ["train@a"]
    commit(dvc_dot_lock=long.format(3, 2, 2))
    git("clone", "--quiet", ".", "clone")
    os.chdir("clone")
    assert drop_mixed_entries() == []


def test_a_removed_dataset_whose_profile_the_other_side_accepted(two_branches: None, capsys) -> None:
    merge_a_removed_file("conf/accepted/a.json")
    with pytest.raises(Exception, match=r"conf/accepted/a\.json"):
        merge()
    assert "one side removed it" in capsys.readouterr().out
