"""The list of paths in use, as a DVC leaves it that is killed while writing it."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.rwlock import rwlock

from stages.core.dvc.rwlock_repair import drop_ended_processes, paths_are_in_use, remove_corrupt_rwlock


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
    assert remove_corrupt_rwlock(repo)
    use_rwlock(repo)


def test_the_entries_of_killed_processes_are_dropped_also_if_another_process_has_the_number(repo: Repo) -> None:
    """DVC takes an entry for one in use if any process has its number, also one that ended and was not waited for."""
    ended = subprocess.Popen(["true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    rwlock_file(repo).write_text("{}")
    os.utime(rwlock_file(repo), (1, 1))  # before this process started
    for process in (os.getpid(), ended.pid):
        entry = {"pid": process, "cmd": "dvc repro"}
        rwlock_file(repo).write_text(json.dumps({"write": {"/a": entry}, "read": {"/b": [entry]}}))
        os.utime(rwlock_file(repo), (1, 1))
        assert drop_ended_processes(repo) == [process]
        assert json.loads(rwlock_file(repo).read_text()) == {"write": {}, "read": {}}
        assert not paths_are_in_use(repo)
    ended.wait()


def test_the_entries_of_running_processes_are_kept(repo: Repo) -> None:
    with rwlock(repo.tmp_dir, repo.fs, "repro", ["/b"], ["/a"], False):
        before = rwlock_file(repo).read_bytes()
        assert drop_ended_processes(repo) == []
        assert paths_are_in_use(repo)
        assert rwlock_file(repo).read_bytes() == before


def test_a_file_that_dvc_can_read_is_kept(repo: Repo) -> None:
    assert not remove_corrupt_rwlock(repo)
    use_rwlock(repo)
    before = rwlock_file(repo).read_bytes()
    assert not remove_corrupt_rwlock(repo)
    assert rwlock_file(repo).read_bytes() == before
