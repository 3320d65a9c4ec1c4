"""One side alone: its rounds, its settings, and what it imports."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from benchmarks.cases import CASES, Case
from benchmarks.sides import side_process
from benchmarks.sides.side_process import RequestedRounds
from benchmarks.sides.workload import Workload, repeat_until_stopped
from benchmarks.subprocesses import REPOSITORY


@pytest.fixture
def two_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("round\nround\nend\n"))


@pytest.mark.usefixtures("two_requests")
def test_first_epoch_warms_up_and_rounds_are_timed_per_epoch(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock advances by one second in each epoch."""
    finished = [0.0]
    monkeypatch.setattr(side_process, "perf_counter", lambda: finished[0])

    def epoch() -> None:
        finished[0] += 1.0

    workload = Workload(repeat_until_stopped(epoch), stored_bytes=7, parameters=3)
    workload.run(RequestedRounds(Case("", rows=1, epochs_per_round=4), workload))
    assert finished[0] == 1 + 2 * 4
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert messages == [{"parameters": 3, "stored": 7}, {"seconds": 1.0}, {"seconds": 1.0}]


@pytest.mark.parametrize("epochs", [1, 3])
def test_whole_run_has_the_epochs_of_the_tutorial(epochs: int) -> None:
    finished: list[None] = []
    repeat_until_stopped(lambda: finished.append(None))(side_process.continue_until(epochs))
    assert len(finished) == epochs


def test_peak_memory_is_in_bytes() -> None:
    megabyte, terabyte = 1e6, 1e12
    assert megabyte < side_process.peak_memory() < terabyte


def test_only_our_side_has_our_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(side_process, "prepare_our_process", lambda: prepared.append("ours"))
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    side_process.load_workload("windows", "tutorial", CASES["windows"].quick, tmp_path)
    assert prepared == []
    side_process.load_workload("windows", "ours", CASES["windows"].quick, tmp_path)
    assert prepared == ["ours"]


def test_tutorials_have_neither_our_libraries_nor_our_settings() -> None:
    script = (
        "import gc, os, sys; default = gc.get_threshold(); os.environ.pop('OMP_NUM_THREADS', None); "
        "import benchmarks.sides.side_process, benchmarks.sides.tutorial_side, benchmarks.studies.tutorial_scripts; "
        "print('pydantic' in sys.modules, 'OMP_NUM_THREADS' in os.environ, gc.get_threshold() == default)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False False True\n"
