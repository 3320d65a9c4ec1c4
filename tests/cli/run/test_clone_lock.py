"""Several runs in one clone, and a DVC command beside a run, each in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dvc.repo import Repo

from stages.cli.run.clone_lock import LOCK, only_run_in_clone
from stages.core.errors import UserError

ROOT = Path(__file__).parents[3]
TIMEOUT = 60
# Prints when it has the lock, and keeps it until a line comes.
RUN = """
import sys
from stages.cli.run.clone_lock import only_run_in_clone
with only_run_in_clone(wait=True):
    print("runs", flush=True)
    sys.stdin.readline()
"""
FORK = "    import os\n    if os.fork() == 0:\n        print('forked', flush=True)\n"
# The lock of DVC, which a DVC command holds.
DVC = """
import sys
from dvc.repo import Repo
with Repo() as repo, repo.lock:
    print("runs", flush=True)
    sys.stdin.readline()
"""
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.chdir(tmp_path)
    started = []

    def start_process(code: str = RUN) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "run", "iris"], env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start_process
    for process in started:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_a_second_run_says_for_whom_it_waits_and_goes_on(start: Start) -> None:
    first = start()
    assert next_line(first) == "runs"
    second = start()
    assert next_line(second) == f"waiting for process {first.pid} (restage run iris), which runs in this clone"
    first.communicate("end\n", TIMEOUT)
    assert next_line(second) == "runs"


def test_a_killed_run_does_not_block_the_next(start: Start) -> None:
    first = start()
    assert next_line(first) == "runs"
    first.kill()
    first.wait()
    assert LOCK.read_text() != ""
    with only_run_in_clone(wait=False):
        pass


def test_a_process_that_a_run_forked_keeps_the_lock(start: Start) -> None:
    """Chains are forked; a killed run is over when they have ended."""
    first = start(RUN.replace('    print("runs", flush=True)\n', FORK))
    assert next_line(first) == "forked"
    first.kill()
    first.wait()
    with pytest.raises(UserError, match=rf"process {first.pid} \(restage run iris\)"), only_run_in_clone(wait=False):
        pass
    first.communicate("end\n", TIMEOUT)
    with only_run_in_clone(wait=True):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_waiting_with_one_line(number: int, start: Start) -> None:
    assert next_line(start()) == "runs"
    second = start()
    assert next_line(second).startswith("waiting for process ")
    second.send_signal(number)
    _, stderr = second.communicate(timeout=TIMEOUT)
    assert second.returncode == 130
    assert stderr.count("\n") == 1
    assert stderr.startswith("restage: run: stopped")


def test_a_run_waits_for_a_dvc_command(start: Start) -> None:
    Repo.init(no_scm=True).close()
    dvc = start(DVC)
    assert next_line(dvc) == "runs"
    run = start()
    assert next_line(run).startswith(f"waiting for process {dvc.pid} (")
    third = start()
    assert next_line(third).startswith(f"waiting for process {run.pid} (restage run")
    dvc.communicate("end\n", TIMEOUT)
    assert next_line(run) == "runs"
