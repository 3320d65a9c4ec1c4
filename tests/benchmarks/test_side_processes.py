"""Whatever becomes of a side, the bench says so and leaves no process behind."""

import subprocess
import sys

import pytest

from benchmarks import side_processes as processes
from benchmarks.side_processes import Side, run, started
from stages.core.errors import UserError


def test_a_side_is_asked_for_rounds_and_ended():
    with started("windows", "ours", "quick") as ours:
        ready = ours.hear()
        assert ready["parameters"] == 0
        assert 300 * 4 < ready["stored"] < 300 * 8
        assert ours.round() > 0
        assert ours.round() > 0
        assert ours.end() > 1e6
    assert ours.process.returncode is not None


def test_a_side_that_is_left_is_ended():
    with started("windows", "tutorial", "quick") as left:
        left.hear()
    assert left.process.returncode == -9


def test_a_side_that_fails_says_its_last_words():
    with started("nonsense", "ours", "quick") as failing, pytest.raises(UserError) as mistake:
        failing.hear()
    assert str(mistake.value).startswith("nonsense, ours: ended with code 1; its last words:\nTraceback")
    assert str(mistake.value).endswith("KeyError: 'nonsense'")


def test_a_side_that_was_killed_is_missed_at_the_next_round():
    with started("windows", "ours", "quick") as ours:
        ours.hear()
        ours.process.kill()
        ours.process.wait()
        with pytest.raises(UserError, match="windows, ours: ended with code -9"):
            ours.round()


def test_a_side_that_does_not_answer_is_not_waited_for():
    with started("windows", "ours", "quick", patience=300) as ours:
        ours.hear()
        silent = Side(ours.title, ours.process, ours.words, patience=0.05)
        with pytest.raises(UserError, match=r"windows, ours: no answer within 0 seconds; close other programs"):
            silent.hear()
    assert ours.process.returncode == -9


def test_a_run_that_takes_too_long(monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.001)
    with pytest.raises(UserError, match="limits: no answer within 0 seconds"):
        run("limits", "benchmarks.machine_peak", "quick")


def test_a_run_that_fails():
    with pytest.raises(UserError, match=r"(?s)limits: ended with code 1; its last words:.*TypeError"):
        run("limits", "benchmarks.machine_peak")


def test_the_tutorial_runs_without_our_pins():
    script = (
        "import atexit, gc, os, sys; own = gc.get_threshold(); sys.argv = ['-m']; "
        "atexit.register(lambda: print(gc.get_freeze_count())); from benchmarks import side; "
        "assert os.environ['OMP_NUM_THREADS'] == '1'; assert gc.get_threshold() != own; side.as_a_person_has_it(); "
        "print(sorted(set(side.OUR_PINS) & set(os.environ)), gc.get_threshold() == own)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=processes.HOME, capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\n0\n"


@pytest.mark.parametrize("module", ["tutorial", "scripts"])
def test_the_tutorials_do_not_pay_for_what_only_our_stages_load(module):
    script = f"import sys, benchmarks.side_process, benchmarks.{module}; print('pydantic' in sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=processes.HOME, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
