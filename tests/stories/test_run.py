"""`restage run` runs chains in parallel, and leaves the repository as a serial `dvc repro` does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.runtime.preload_client import FOLDER_VARIABLE
from tests.stories.conftest import FIRST_RUN
from tests.stories.light_pipeline import accept
from tests.stories.repo import Repo, environment
from tests.stories.test_what_runs import EVERYTHING


def stages_in(log: str) -> set[str]:
    """From lines such as `train@iris: 3.1 s (4 of 6)`."""
    return {line.partition(":")[0] for line in log.splitlines() if " s (" in line}


def processes_in(repo: Repo) -> list[str]:
    """The command lines of all processes with this working folder."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and process.name != str(os.getpid()):
            try:
                if (process / "cwd").readlink() == repo.path:
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
    return found


def test_the_first_run_runs_everything_and_the_next_nothing(repo: Repo, shared: Path) -> None:
    """test_same_bits compares its results, dvc.lock included, with those of a serial run."""
    assert stages_in((shared / FIRST_RUN).read_text()) == EVERYTHING
    assert repo.repro() == set()
    assert repo.restage("run").stdout == "nothing to run: iris, line_exact\n"


def test_entries_that_a_killed_run_left_in_another_order_are_sorted(repo: Repo) -> None:
    text = repo.read("dvc.lock")
    lock = LockText.parse(text)
    lock.entries = dict(reversed(lock.entries.items()))
    repo.write("dvc.lock", str(lock))
    assert repo.restage("run").stdout == "nothing to run: iris, line_exact\n"
    assert repo.read("dvc.lock") == text


@pytest.mark.parametrize("option", ["--no-preload", pytest.param("--preload", marks=pytest.mark.long)])
def test_a_change_of_conf_is_composed_and_its_chain_runs(option: str, repo: Repo) -> None:
    """No chain that trains: it would be the same."""
    serial = repo.copy(repo.path.parent / "serial")
    for each in (repo, serial):
        each.edit("conf/dataset/iris.yaml", "max_value: 8}", "max_value: 9}")
    assert stages_in(repo.restage("run", option).stdout) == {"guard", "validate@iris", "report@iris", "summary"}
    serial.restage("compose")
    serial.repro()
    assert repo.read("dvc.lock") == serial.read("dvc.lock")


def test_an_accepted_profile_runs_what_depends_on_it(small: Repo) -> None:
    """It reaches the stages through the guard, which runs before it is known what is stale."""
    accept(small, "ant", rows=3)
    assert stages_in(small.restage("run", "--no-preload").stdout) == {"guard", "validate@ant", "summary"}


def test_keys_choose_chains_and_the_summary_does_not_run(small: Repo) -> None:
    for key in ("ant", "bee"):
        small.edit(f"conf/dataset/{key}.yaml", "epochs: 5", "epochs: 6")
    assert stages_in(small.restage("run", "--no-preload", "bee").stdout) == {"guard", "train@bee"}
    assert small.repro() == {"train@ant", "summary"}


def test_a_failure_is_shown_with_its_output_and_the_other_chain_goes_on(repo: Repo) -> None:
    repo.edit("conf/dataset/iris.yaml", "max_value: 8}", "max_value: 7}")
    repo.edit("conf/dataset/line_exact.yaml", "validate:\n", "validate:\n  drift: {exceeded: fail}\n")
    recorded = repo.read("reports/index.html")
    done = repo.restage("run", "--no-preload", ok=False)
    assert done.returncode == 1
    assert "restage: validate@iris:" in done.stdout
    assert "restage: run: failed: validate@iris" in done.stderr
    assert stages_in(done.stdout) == {"guard", "validate@line_exact", "report@line_exact"}
    assert "reports/index.html" in done.stdout
    assert "Failed: validate. The values are from before." in repo.read("reports/index.html")
    repo.edit("conf/dataset/iris.yaml", "max_value: 7}", "max_value: 8}")
    repo.restage("run", "--no-preload", "iris")
    assert "Failed" not in repo.read("reports/index.html")
    repo.edit("conf/dataset/line_exact.yaml", "  drift: {exceeded: fail}\n", "")
    repo.restage("run", "--no-preload")
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0
    assert repo.read("reports/index.html") == recorded


def start_run(repo: Repo) -> "subprocess.Popen[str]":
    """Its training does not end by itself."""
    repo.edit("conf/suite/starter.yaml", "epochs: 5", "epochs: 2000000")
    running = subprocess.Popen(
        [sys.executable, "-m", "stages.cli", "run", "--no-preload"], cwd=repo.path,
        env=environment() | {FOLDER_VARIABLE: repo.preloaded},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not any("stages.train" in process for process in processes_in(repo)):
        assert running.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    return running


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="processes are looked up in /proc")
def test_another_run_waits_and_a_killed_run_leaves_no_process(repo: Repo) -> None:
    running = start_run(repo)
    refused = repo.restage("run", "--no-wait", ok=False)
    assert refused.returncode == 1
    holder = json.loads(repo.read(".dvc/tmp/restage/run.lock"))["pid"]
    assert f"process {holder} (restage run --no-preload)" in refused.stderr
    dvc = repo.dvc("repro", "train@line_exact", ok=False)
    assert dvc.returncode != 0
    running.kill()
    running.communicate(timeout=60)
    repo.edit("conf/suite/starter.yaml", "epochs: 2000000", "epochs: 5")
    repo.restage("run", "--no-preload")
    assert processes_in(repo) == []
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_stopped_run_leaves_no_process_and_the_next_one_continues(number: int, repo: Repo) -> None:
    running = start_run(repo)
    running.send_signal(number)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130
    assert stderr.splitlines()[-1].startswith("restage: run: stopped")
    assert "Traceback" not in stderr
    assert processes_in(repo) == []
    repo.edit("conf/suite/starter.yaml", "epochs: 2000000", "epochs: 5")
    repo.restage("run", "--no-preload")
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0
