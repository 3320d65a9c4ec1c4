"""One side alone: its rounds, its settings, and what it imports."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from benchmarks.cases import CASES, Case
from benchmarks.sides import run_side
from benchmarks.sides.prepared_work import PreparedWork, repeat_until_stopped
from benchmarks.sides.run_side import RequestedRounds
from benchmarks.start_sides import REPOSITORY


@pytest.fixture
def two_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("round\nround\nend\n"))


@pytest.mark.usefixtures("two_requests")
def test_first_epoch_warms_up_and_rounds_are_timed_per_epoch(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock advances by one second in each epoch."""
    finished = [0.0]
    monkeypatch.setattr(run_side, "perf_counter", lambda: finished[0])

    def epoch() -> None:
        finished[0] += 1.0

    prepared_work = PreparedWork(repeat_until_stopped(epoch), stored_bytes=7, parameters=3)
    prepared_work.run(RequestedRounds(Case("", rows=1, epochs_per_round=4), prepared_work))
    assert finished[0] == 1 + 2 * 4
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert messages == [{"parameters": 3, "stored": 7}, {"seconds": 1.0}, {"seconds": 1.0}]


@pytest.mark.parametrize("epochs", [1, 3])
def test_whole_run_has_the_epochs_of_the_tutorial(epochs: int) -> None:
    finished: list[None] = []
    repeat_until_stopped(lambda: finished.append(None))(run_side.continue_until(epochs))
    assert len(finished) == epochs


def test_peak_memory_is_in_bytes() -> None:
    megabyte, terabyte = 1e6, 1e12
    assert megabyte < run_side.peak_memory() < terabyte


def test_only_our_side_has_our_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(run_side, "prepare_our_process", lambda: prepared.append("ours"))
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    run_side.load_prepared_work("windows", "tutorial", CASES["windows"].quick, tmp_path)
    assert prepared == []
    run_side.load_prepared_work("windows", "ours", CASES["windows"].quick, tmp_path)
    assert prepared == ["ours"]


@pytest.mark.long
def test_tutorials_have_neither_our_libraries_nor_our_settings() -> None:
    script = (
        "import gc, os, sys; default = gc.get_threshold(); os.environ.pop('OMP_NUM_THREADS', None); "
        "import benchmarks.sides.run_side, benchmarks.sides.tutorial_side, benchmarks.studies.tutorial_scripts; "
        "print('pydantic' in sys.modules, 'OMP_NUM_THREADS' in os.environ, gc.get_threshold() == default)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False False True\n"
