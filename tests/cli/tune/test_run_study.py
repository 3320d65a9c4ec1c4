"""Whole studies of iris with real workers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from stages.cli.tune.study import StudyResult
from stages.cli.tune.study_folder import JOURNAL, LAST, STUDIES, last_study_folder, read_result
from stages.cli.tune.tune import TuneOptions, run_study
from stages.core.errors import UserError
from tests.cli.tune.iris_study import ROOT, iris_parameters, write_study

RUN = """\
import sys
from pathlib import Path
from types import SimpleNamespace
from stages.cli.tune.tune import TuneOptions, run_study
from tests.cli.tune.iris_study import iris_parameters
run_study(iris_parameters(Path()), TuneOptions("iris", trials=int(sys.argv[1]), jobs=int(sys.argv[2])), None)
"""


@pytest.fixture(name="folder")
def _folder(tmp_path, monkeypatch):
    write_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def study(folder, trials, jobs=1, deadline=None, **train) -> StudyResult:
    return run_study(iris_parameters(folder, **train), TuneOptions("iris", trials=trials, jobs=jobs), deadline)


def last_result() -> StudyResult | None:
    folder = last_study_folder("iris")
    return None if folder is None else read_result(folder)


def journals() -> list[Path]:
    return list(STUDIES.glob(f"iris/*/{JOURNAL}"))


def test_a_study_and_its_continuation(folder, capsys):
    result = study(folder, 3)
    assert [(trial.number, trial.state) for trial in result.trials] == [(n, "complete") for n in range(3)]
    assert result.trials[0].values == {
        "train.optimizer.learning_rate": 0.001,
        "train.model.units": "[8]",
        "preprocess.steps": "[{step: standard}]",
    }
    values = [trial.value or 0.0 for trial in result.trials]
    assert result.best == values.index(max(values))
    assert [(found.split, found.rows) for found in result.comparisons] == [("validation", 24), ("test", 30)]
    assert (result.comparisons[0].default, result.comparisons[0].best) == (values[0], max(values))
    assert last_result() == result
    assert "trial 2 (3 of 3): accuracy" in capsys.readouterr().out

    # All is known: no worker starts.
    assert study(folder, 3) == result
    assert "trials are in the journal" in capsys.readouterr().out


@pytest.mark.long
def test_after_another_edit_of_conf_the_study_is_another_one(folder, capsys):
    study(folder, 1)
    with pytest.raises(UserError, match="no trial is complete"):
        study(folder, 1, optimizer={"kind": "sgd", "learning_rate": 1e30})
    assert "iris: parameters changed: a new study starts" in capsys.readouterr().out
    assert len(journals()) == 2


@pytest.mark.long
def test_the_study_is_the_same_with_two_workers_and_after_a_kill(folder, tmp_path_factory):
    whole = study(folder, 12)
    [whole_journal] = journals()
    interrupted = tmp_path_factory.mktemp("interrupted")
    write_study(interrupted)
    os.chdir(interrupted)
    process = subprocess.Popen([sys.executable, "-c", RUN, "12", "2"], stdout=subprocess.DEVNULL)
    finished = wait_for_trials(4)
    process.kill()
    process.wait()
    wait_until_workers_have_ended(process)
    assert not list(STUDIES.glob("iris/*/result.json"))
    resumed = study(interrupted, 12, jobs=2)
    [journal] = journals()
    assert resumed == whole
    assert journal.read_bytes() == (folder / whole_journal).read_bytes()
    assert set(finished.splitlines()) <= set(journal.read_bytes().splitlines())


def wait_for_trials(count: int) -> bytes:
    """The lines of the journal when it has so many."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for journal in journals():
            content = journal.read_bytes()
            if content.count(b"\n") >= count:
                return content[: content.rfind(b"\n") + 1]
        time.sleep(0.05)
    raise AssertionError("no trials")


def wait_until_workers_have_ended(process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = subprocess.run(["ps", "-A", "-o", "ppid=,args="], capture_output=True, text=True, check=True).stdout
        if not any(line.split()[0] == str(process.pid) for line in found.splitlines()):
            return
        time.sleep(0.1)
    raise AssertionError("workers go on")


@pytest.mark.long
def test_a_killed_worker_is_replaced(folder):
    process = subprocess.Popen([sys.executable, "-c", RUN, "6", "1"], stdout=subprocess.DEVNULL)
    wait_for_trials(2)
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True).stdout
    for child in children.split():
        os.kill(int(child), signal.SIGKILL)
    assert process.wait() == 0
    result = last_result()
    assert result is not None
    assert [trial.state for trial in result.trials].count("failed") == 0
    assert (STUDIES / "iris" / LAST).is_file()


@pytest.mark.long
def test_no_trial_starts_after_the_time(folder, monkeypatch):
    def finished_trials() -> float:
        return sum(journal.read_bytes().count(b"\n") for journal in journals())

    monkeypatch.setattr("stages.cli.tune.tune.time", SimpleNamespace(monotonic=finished_trials))
    result = study(folder, 12, deadline=1.5)
    assert [trial.number for trial in result.trials] == [0, 1]
