"""What must not be recorded is not: an input that moved, an output of an orphan."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.stories.repo import RAN, Repo, environment
from tests.stories.test_run import processes_in

PROCESSES = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="processes are looked up in /proc")


def recorded(repo: Repo, stage: str) -> str:
    return str(yaml.safe_load(repo.read("dvc.lock"))["stages"][stage])


def test_an_input_that_is_edited_while_the_stage_runs_is_not_recorded(repo: Repo) -> None:
    """https://github.com/treeverse/dvc/issues/11058"""
    before = recorded(repo, "preprocess@iris")
    edit = "        with open('stages/preprocess/params.py', 'a') as file:\n            file.write('# Edited.\\n')\n"
    write = "        write_processed(processed,"
    repo.edit("stages/preprocess/__main__.py", write, f"{edit}{write}")
    stopped = repo.dvc("repro", "preprocess@iris", ok=False)
    assert stopped.returncode != 0
    assert (
        "restage: preprocess@iris: inputs changed while the stage ran: stages/preprocess/params.py (changed)"
        in stopped.stderr
    )
    assert "Traceback" not in stopped.stderr
    assert recorded(repo, "preprocess@iris") == before
    assert not list((repo.path / "data/processed").glob("iris*"))
    repo.edit("stages/preprocess/__main__.py", edit, "")
    assert "preprocess@iris" in repo.repro("preprocess@iris")


def test_another_version_than_the_locked_one_stops_the_stages_that_use_it(repo: Repo) -> None:
    locked = next(line for line in repo.read("stages/locked/report.txt").splitlines() if line.startswith("jinja2=="))
    repo.edit("stages/locked/report.txt", locked, "jinja2==1.0")
    stopped = repo.dvc("repro", ok=False)
    assert RAN.findall(stopped.stdout) in (["report@iris"], ["report@line_exact"])
    installed = locked.removeprefix("jinja2==")
    assert f"stages/locked/report.txt: jinja2: locked is 1.0; installed is {installed}\n" in stopped.stderr
    assert "make setup" in stopped.stderr


@PROCESSES
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["dvc", "repro"], id="dvc"),
        pytest.param([sys.executable, "-m", "stages.cli", "run"], id="run", marks=pytest.mark.long),
    ],
)
def test_a_stage_ends_with_the_dvc_that_started_it_and_the_next_run_goes_on(command: list[str], repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "epochs: 5", "epochs: 2000000")
    repo.restage("compose")
    # A machine of a CI names no shell, and then it is sh: dash does not give way by itself, bash does.
    env = environment() | {"SHELL": "/bin/sh"}
    running = subprocess.Popen(command, cwd=repo.path, env=env, start_new_session=True)
    note = repo.path / ".dvc/tmp/restage/making/train@line_exact"
    while not (note.exists() and note.read_text()):
        assert running.poll() is None
        time.sleep(0.1)
    dvc = parent_of(next(number for number, name in processes(repo) if "stages.train line_exact" in name))
    os.kill(dvc, signal.SIGKILL)
    running.wait(60)
    until = time.monotonic() + 60
    while any("stages.train" in process for process in processes_in(repo)):
        assert time.monotonic() < until
        time.sleep(0.1)
    repo.edit("conf/suite/starter.yaml", "epochs: 2000000", "epochs: 6")
    repo.restage("compose")
    assert "train@line_exact" in repo.repro()
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0


def processes(repo: Repo) -> list[tuple[int, str]]:
    """Their numbers too."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "cwd").readlink() == repo.path:
                found.append((int(process.name), (process / "cmdline").read_text().replace("\0", " ")))
        except OSError:
            continue
    return found


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
