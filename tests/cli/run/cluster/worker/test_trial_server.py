"""The process of a worker that trains trials: what it answers, and how it ends."""

from pathlib import Path

import pytest

from stages.cli.run.cluster.worker import trial_server
from stages.cli.run.cluster.worker.trial_server import STUDIES, TrialServer, fetch_inputs
from stages.cli.run.cluster.worker.working_copy import lock_copy

# Stands in for stages.cli.tune.workers: it does what a line says.
FAKE = """\
import sys, time

threads, setup = sys.argv[1], sys.stdin.readline().strip()
for line in sys.stdin:
    match line.strip():
        case "exit":
            print("no memory", file=sys.stderr)
            sys.exit(3)
        case "sleep":
            time.sleep(600)
        case name:
            print(f"{setup} {threads} {name}", flush=True)
"""
FAKE_FETCH = "import json, sys; request = json.load(sys.stdin); sys.exit(request['message'])"


@pytest.fixture(name="server")
def _server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trial_server, "MODULE", "fake")
    copy, lock = lock_copy(tmp_path)
    (copy / "fake.py").write_text(FAKE)
    with lock:
        server = TrialServer("key", copy, lock, 2, "setup")
    yield server
    server.close()


def test_a_line_has_an_answer_of_the_same_process(server: TrialServer) -> None:
    for name in ("one", "two"):
        assert server.run(name, lambda: False) == f"setup 2 {name}\n".encode()
    assert server.lives


def test_a_process_that_ends_says_why(server: TrialServer) -> None:
    assert server.run("exit", lambda: False) is None
    assert server.end_reason() == "ended by itself with exit code 3: no memory"


def test_a_cancelled_trial_ends_its_process_and_removes_its_data(server: TrialServer) -> None:
    (server.copy / STUDIES / "iris").mkdir(parents=True)
    assert server.run("sleep", lambda: True) is None
    assert server.end_reason() == "killed by SIGKILL"
    assert not (server.copy / STUDIES).exists()


@pytest.mark.parametrize("message", [None, "the remote does not answer"])
def test_data_that_cannot_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str | None) -> None:
    monkeypatch.setattr(trial_server, "FETCH_MODULE", "fake")
    copy, lock = lock_copy(tmp_path)
    (copy / "fake.py").write_text(FAKE_FETCH)
    with lock:
        assert fetch_inputs(copy, lock, {"message": message}, lambda: False) == message


def test_fetching_ends_when_it_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_server, "FETCH_MODULE", "fake")
    copy, lock = lock_copy(tmp_path)
    (copy / "fake.py").write_text("import time; time.sleep(600)")
    with lock:
        assert fetch_inputs(copy, lock, {}, lambda: True) == ""
