import subprocess
from pathlib import Path

import pytest

from stages.core.dvc.lock_file.lock_file import BACKUP, LOCK
from stages.core.dvc.lock_file.lock_repair import is_complete, repair_lock_file
from stages.core.errors import UserError

RECORD = (Path(__file__).parents[4] / "dvc.lock").read_text()
EARLIER = "schema: '2.0'\nstages:\n  guard:\n    cmd: a\n"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def commit(content: str) -> None:
    LOCK.write_text(content)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "--quiet"], ["add", str(LOCK)], ["commit", "--quiet", "-m", "record"]):
        subprocess.run([*git, *command], check=True)


def test_a_complete_record_stays() -> None:
    assert repair_lock_file() is None
    LOCK.write_text(RECORD)
    assert repair_lock_file() is None
    assert LOCK.read_text() == RECORD


@pytest.mark.parametrize("length", [0, 1, 8192, 16384, len(RECORD) - 1])
def test_a_truncated_record_comes_from_the_copy(length: int) -> None:
    LOCK.write_text(RECORD[:length])
    BACKUP.parent.mkdir(parents=True)
    BACKUP.write_text(RECORD)
    assert repair_lock_file() == str(BACKUP)
    assert LOCK.read_text() == RECORD


def test_without_a_complete_copy_it_comes_from_the_last_commit() -> None:
    commit(EARLIER)
    LOCK.write_text("")
    BACKUP.parent.mkdir(parents=True)
    BACKUP.write_text(RECORD[:100])
    assert repair_lock_file() == "the last commit"
    assert LOCK.read_text() == EARLIER


def test_without_an_earlier_record_there_is_none() -> None:
    LOCK.write_text("")
    assert repair_lock_file() == "no earlier record"
    assert not LOCK.exists()


def test_the_conflicts_of_a_merge_are_not_overwritten() -> None:
    LOCK.write_text("<<<<<<< HEAD\n=======\n>>>>>>> feature\n")
    with pytest.raises(UserError, match=r"HEAD and feature.*`restage merge`"):
        repair_lock_file()


def test_text_that_is_cut_off_anywhere_in_a_line() -> None:
    """Cut at the end of a line, it can be complete as far as its structure shows."""
    record = RECORD[:10_000]
    cuts = [i for i in range(0, len(record), 397) if record[i - 1 : i] != "\n"]
    assert not any(is_complete(record[:cut]) for cut in cuts)
