"""A stage and the DVC that started it, which is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stages.core.runtime import parent_process as parent

ROOT = Path(__file__).parents[3]
STAGE = """
import os, pathlib, time
from stages.core.runtime.parent_process import end_with_dvc
end_with_dvc()
pathlib.Path("stage").write_text(str(os.getpid()))
time.sleep(60)
"""
DVC = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', sys.argv[1]])\n"


def dvc(folder: Path, stage: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", DVC, stage], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True, stderr=subprocess.PIPE,
    )  # fmt: skip


def until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("way", ["as the system has it", "by looking"])
def test_it_ends_when_dvc_is_killed(tmp_path: Path, way: str) -> None:
    stage = STAGE if way == "as the system has it" else f"import sys; sys.platform = 'other'\n{STAGE}"
    running, note = dvc(tmp_path, stage), tmp_path / "stage"
    until(lambda: note.exists() and note.read_text())
    running.kill()
    running.wait()
    until(lambda: gone(int(note.read_text())))


def test_it_does_not_begin_when_dvc_was_killed_before(tmp_path: Path) -> None:
    waiting = "import os, pathlib, time\npathlib.Path('early').write_text('x')\nfirst = os.getppid()\n"
    waiting += "while os.getppid() == first: time.sleep(0.01)\n"
    running = dvc(tmp_path, waiting + STAGE)
    until((tmp_path / "early").exists)
    running.kill()
    assert b"has ended, and so does the stage" in running.communicate(timeout=20)[1]
    assert not (tmp_path / "stage").exists()


def test_a_parent_that_is_gone_already_is_as_good_as_killed() -> None:
    process = os.fork()
    if process == 0:
        parent.end_with_parent(os.getpid())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


def test_it_stays_with_a_dvc_that_lives(tmp_path: Path) -> None:
    running = dvc(tmp_path, STAGE.replace("time.sleep(60)", ""))
    assert running.wait(20) == 0
    assert (tmp_path / "stage").exists()
