"""The list of paths in use, as a DVC leaves it that is killed while writing it."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.rwlock import rwlock

from stages.core.dvc.rwlock_repair import repair_rwlock


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.init(str(tmp_path), no_scm=True)


def rwlock_file(repo: Repo) -> Path:
    return Path(repo.tmp_dir, "rwlock")


def use_rwlock(repo: Repo) -> None:
    with rwlock(repo.tmp_dir, repo.fs, "repro", [], [], False):
        pass


@pytest.mark.parametrize("content", ["", '{"write": {"/data'])
def test_a_file_that_dvc_refuses_is_removed(repo: Repo, content: str) -> None:
    rwlock_file(repo).write_text(content)
    with pytest.raises(DvcException, match="corrupted"):
        use_rwlock(repo)
    assert repair_rwlock(repo)
    use_rwlock(repo)


def test_the_entries_of_running_processes_are_kept(repo: Repo) -> None:
    with rwlock(repo.tmp_dir, repo.fs, "repro", ["/b"], ["/a"], False):
        before = rwlock_file(repo).read_bytes()
        assert not repair_rwlock(repo)
        assert rwlock_file(repo).read_bytes() == before


def test_a_file_that_dvc_can_read_is_kept(repo: Repo) -> None:
    assert not repair_rwlock(repo)
    use_rwlock(repo)
    before = rwlock_file(repo).read_bytes()
    assert not repair_rwlock(repo)
    assert rwlock_file(repo).read_bytes() == before


def test_entries_of_ended_processes_are_dropped(repo: Repo) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    living, dead = ({"pid": pid, "cmd": "dvc repro"} for pid in (os.getpid(), ended.pid))
    rwlock_file(repo).write_text(json.dumps({"write": {"/a": dead, "/b": living}, "read": {"/c": [dead, living]}}))
    assert not repair_rwlock(repo)
    assert json.loads(rwlock_file(repo).read_text()) == {"write": {"/b": living}, "read": {"/c": [living]}}


def test_an_entry_that_a_later_process_seems_to_have_made_does_not_block_dvc(repo: Repo) -> None:
    """The process ID of the killed DVC is that of this process now."""
    entry = {"pid": os.getpid(), "cmd": "dvc repro"}
    rwlock_file(repo).write_text(json.dumps({"write": {"/a": entry}, "read": {}}))
    os.utime(rwlock_file(repo), (1000, 1000))
    repair_rwlock(repo)
    with rwlock(repo.tmp_dir, repo.fs, "dvc repro again", [], ["/a"], False):
        pass
