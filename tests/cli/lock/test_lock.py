"""`restage lock --check`: the committed files are those of requirements.lock and the code."""

from pathlib import Path

import pytest

from stages.cli.lock import lock
from stages.cli.lock.lock import check_requirements, write_requirements
from stages.cli.lock.stage_imports import ROOT
from stages.core.errors import UserError
from stages.core.runtime.library_versions import REQUIREMENTS_FOLDER


@pytest.fixture(autouse=True)
def _in_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_committed_files_match_the_lock() -> None:
    check_requirements()


def test_a_stale_file_is_reported_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = {REQUIREMENTS_FOLDER / "train.txt": "keras==0\n"}
    monkeypatch.setattr(lock, "requirements_files", lambda: stale)
    with pytest.raises(UserError, match=r"stages/locked/train\.txt: .*`restage lock`"):
        check_requirements()


def test_files_that_are_no_longer_needed_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stages", "exports"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "old.txt").write_text("")
    monkeypatch.setattr(lock, "REQUIREMENTS_FOLDER", tmp_path / "stages")
    monkeypatch.setattr(lock, "LOCKED", tmp_path / "exports")
    monkeypatch.setattr(lock, "requirements_files", lambda: {tmp_path / "stages/new.txt": "a==1\n"})
    monkeypatch.setattr(lock, "exported_requirements_files", dict)
    write_requirements()
    assert [path.name for path in sorted(tmp_path.rglob("*.txt"))] == ["new.txt"]
