"""Whether DVC's files name a command that still runs: those that the installed DVC writes, and stale ones."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dvc.repo import Repo

from stages.core.dvc.running_dvc import DVC_LOCK, PATHS_IN_USE, Process, is_alive, running_dvc

PIPELINE = """\
stages:
  first:
    cmd: touch started first; while [ ! -e go_on ]; do sleep 0.05; done
    outs:
      - first
"""
TIMEOUT = 60


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repo]:
    monkeypatch.chdir(tmp_path)
    with Repo.init(no_scm=True) as repo:
        yield repo


@pytest.fixture
def ended_process() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_nothing_runs_before_dvc_was_used() -> None:
    assert running_dvc() is None


def test_a_command_that_holds_the_lock(repo: Repo) -> None:
    with repo.lock:
        process = running_dvc()
    assert process is not None
    assert process.pid == os.getpid()
    assert running_dvc() is None


def test_a_command_that_runs_a_stage() -> None:
    """DVC released its lock meanwhile."""
    Path("dvc.yaml").write_text(PIPELINE)
    dvc = subprocess.Popen([sys.executable, "-m", "dvc", "repro", "--force"], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT
    while not Path("started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert running_dvc() == Process(dvc.pid, "dvc repro --force")
    Path("go_on").touch()
    assert dvc.wait(TIMEOUT) == 0
    assert running_dvc() is None


def write_paths_in_use(pid: int) -> None:
    DVC_LOCK.touch()
    entry = {"pid": pid, "cmd": "/usr/bin/dvc repro"}
    PATHS_IN_USE.write_text(json.dumps({"write": {"/a": entry}, "read": {"/b": [entry]}}))


def test_an_entry_of_an_ended_process_is_stale(ended_process: int) -> None:
    write_paths_in_use(ended_process)
    assert running_dvc() is None


def test_an_entry_is_stale_if_a_later_process_has_its_id() -> None:
    write_paths_in_use(os.getpid())
    assert running_dvc() == Process(os.getpid(), "dvc repro")
    os.utime(PATHS_IN_USE, (1000, 1000))
    assert running_dvc() is None


@pytest.mark.parametrize("content", ["", "{"])
def test_a_corrupt_list_names_nothing(content: str) -> None:
    DVC_LOCK.touch()
    PATHS_IN_USE.write_text(content)
    assert running_dvc() is None


@pytest.mark.skipif(sys.platform != "linux", reason="a process that is not waited for is seen in /proc")
def test_a_process_that_waits_for_its_parent_has_ended() -> None:
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(process.pid, time.time())
    process.wait()
