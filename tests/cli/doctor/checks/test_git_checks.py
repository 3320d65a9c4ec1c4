"""What is committed, and how generated files are merged."""

import subprocess
from pathlib import Path

import pytest

from stages.cli.doctor.checks.file_system_checks import letter_case
from stages.cli.doctor.checks.git_checks import (
    git_repository,
    history,
    large_files,
    merge_attributes,
    merge_driver,
    tracked_outputs,
    uncommitted,
)
from stages.cli.doctor.finding import Level
from stages.cli.merge.install_driver import ARCHIVE, install_merge_driver
from stages.core.errors import UserError
from tests.cli.doctor.conftest import commit, git, write


def test_a_repository_is_fine(repository: Path) -> None:
    assert git_repository() == (Level.OK, str(repository), "")


def test_without_git_dvc_refuses_unless_it_is_configured(folder: Path) -> None:
    finding = git_repository()
    assert finding.level is Level.PROBLEM
    assert "`git init`" in finding.solution
    write(".dvc/config", "[core]\n    no_scm = True\n")
    assert git_repository().level is Level.WARNING


def test_a_missing_git_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    finding = git_repository()
    assert finding == (Level.PROBLEM, "git is not installed", "install it")


def test_the_other_checks_refer_to_that_of_git(folder: Path) -> None:
    for check in (uncommitted, tracked_outputs, large_files, history, merge_driver, merge_attributes, letter_case):
        with pytest.raises(UserError, match="see Git"):
            check()


def test_a_repository_of_another_user_is_explained_by_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    finding = git_repository()
    assert finding.level is Level.PROBLEM
    assert "safe.directory" in finding.found
    assert finding.solution == ""


def test_uncommitted_generated_files_are_named(repository: Path) -> None:
    write("notes.txt", "not generated")
    assert uncommitted().level is Level.OK
    write("dvc.lock", "changed")
    finding = uncommitted()
    assert finding.level is Level.WARNING
    assert "`git add dvc.lock`" in finding.solution


def test_outputs_that_git_tracks_are_a_problem(repository: Path) -> None:
    write("data/README.md")
    commit()
    assert tracked_outputs().level is Level.OK
    write("data/raw/iris/table.parquet")
    git("add", "--force", "data/raw/iris/table.parquet")
    finding = tracked_outputs()
    assert finding.level is Level.PROBLEM
    assert "`git rm -r --cached data/raw/iris`" in finding.solution


def test_large_tracked_files_are_named(repository: Path) -> None:
    write("large.csv", "0" * (1024**2 + 1))
    assert large_files().level is Level.OK
    commit()
    finding = large_files()
    assert finding.level is Level.WARNING
    assert "large.csv (1.0 MiB)" in finding.found


def test_a_shallow_clone_is_found(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert history().level is Level.OK
    commit()
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", f"file://{repository}", str(tmp_path / "shallow")], check=True
    )
    monkeypatch.chdir(tmp_path / "shallow")
    assert history().solution == "`git fetch --unshallow`"


def test_the_merge_driver_has_to_be_installed_with_the_present_code(repository: Path) -> None:
    assert merge_driver().level is Level.WARNING
    install_merge_driver()
    assert merge_driver().level is Level.OK
    archive = Path(".git", ARCHIVE)
    archive.write_bytes(b"")
    assert merge_driver().level is Level.WARNING
    archive.unlink()
    assert merge_driver().level is Level.PROBLEM


def test_a_merge_driver_of_older_code_is_found(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_merge_driver()
    code = repository / "stages"
    monkeypatch.setattr("stages.cli.merge.install_driver.PACKAGE", code)
    monkeypatch.setattr("stages.cli.merge.install_driver.MODULES", ("__init__.py",))
    write("stages/__init__.py", "changed = True\n")
    assert merge_driver().solution == "`python -m stages.cli.merge.install_driver`"


def test_attributes_for_the_merge_driver_are_needed(repository: Path) -> None:
    assert merge_attributes().level is Level.OK
    write(".gitattributes", "dvc.lock merge=restage\n")
    finding = merge_attributes()
    assert finding.level is Level.WARNING
    assert "params.yaml" in finding.found
    assert "dvc.lock" not in finding.found
