"""A stage whose DVC process is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.core.runtime.parent_process import end_with_parent

ROOT = Path(__file__).parents[3]
STAGE = """
import os, pathlib, time
from stages.core.runtime.parent_process import end_with_dvc
end_with_dvc()
pathlib.Path("stage").write_text(str(os.getpid()))
time.sleep(60)
"""
WAIT_FOR_ANOTHER_PARENT = """
import os, pathlib, time
pathlib.Path("started").write_text("x")
first = os.getppid()
while os.getppid() == first:
    time.sleep(0.01)
"""
DVC = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', sys.argv[1]])\n"


def start_dvc(folder: Path, stage: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", DVC, stage], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("setup", ["", "import sys; sys.platform = 'other'\n"], ids=["by the kernel", "by polling"])
def test_the_stage_ends_when_dvc_is_killed(tmp_path: Path, setup: str) -> None:
    dvc, stage = start_dvc(tmp_path, setup + STAGE), tmp_path / "stage"
    wait_until(lambda: stage.exists() and stage.read_text())
    dvc.kill()
    dvc.wait()
    wait_until(lambda: has_ended(int(stage.read_text())))


def test_the_stage_does_not_run_if_dvc_ended_before(tmp_path: Path) -> None:
    dvc = start_dvc(tmp_path, WAIT_FOR_ANOTHER_PARENT + STAGE)
    wait_until((tmp_path / "started").exists)
    dvc.kill()
    assert b"DVC, which started this stage, has ended" in dvc.communicate(timeout=20)[1]
    assert not (tmp_path / "stage").exists()


def test_a_process_whose_parent_has_ended_is_killed_at_once() -> None:
    process = os.fork()
    if process == 0:
        end_with_parent(os.getpid())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


def test_the_stage_runs_while_dvc_runs(tmp_path: Path) -> None:
    dvc = start_dvc(tmp_path, STAGE.replace("time.sleep(60)", ""))
    assert dvc.wait(20) == 0
    assert (tmp_path / "stage").exists()
