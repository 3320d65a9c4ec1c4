"""One side alone: it waits for its turn, and stops when it is told."""

import json

import pytest

from benchmarks import side_process as side
from benchmarks.side_process import Rounds
from benchmarks.side_work import Work, again_and_again


@pytest.fixture
def asked(monkeypatch):
    """Someone who asks for two rounds and then for no more."""
    lines = iter(["round\n", "round\n", "end\n"])
    monkeypatch.setattr("sys.stdin", type("Asking", (), {"readline": lambda self: next(lines)})())


def said(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_first_epoch_warms_up_and_then_rounds_are_counted(asked, capsys):
    epochs = []
    work = Work(again_and_again(lambda: epochs.append(1)), stored=7, parameters=3)
    work.go(Rounds(2, work))
    assert len(epochs) == 1 + 2 * 2
    ready, *rounds = said(capsys)
    assert ready == {"parameters": 3, "stored": 7}
    assert [list(r) for r in rounds] == [["seconds"], ["seconds"]]


def test_rounds_take_the_time_of_one_epoch(asked, capsys, monkeypatch):
    """A clock that ticks once an epoch: a round of four epochs takes one tick an epoch."""
    ticks = [0.0]
    monkeypatch.setattr(side, "perf_counter", lambda: ticks[0])

    def epoch():
        ticks[0] += 1.0

    work = Work(again_and_again(epoch), stored=0)
    work.go(Rounds(4, work))
    assert said(capsys)[1:] == [{"seconds": 1.0}, {"seconds": 1.0}]


@pytest.mark.parametrize("epochs", [1, 3])
def test_a_whole_run_has_the_epochs_of_the_tutorial(epochs):
    done = []
    again_and_again(lambda: done.append(1))(side.until(epochs))
    assert len(done) == epochs


def test_memory_is_told_in_bytes():
    """More than a megabyte, less than a terabyte."""
    assert 1e6 < side.peak_memory() < 1e12
