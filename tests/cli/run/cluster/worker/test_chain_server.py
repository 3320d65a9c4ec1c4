"""The processes that a worker keeps: which chain gets which, what they report, and when they end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stages.cli.run.cluster.worker import chain_server
from stages.cli.run.cluster.worker.chain_server import ChainOnServer, ChainServer
from stages.cli.run.cluster.worker.working_copy import lock_copy
from stages.core.dask_workers import server_process
from stages.core.dask_workers.server_process import IdleServers

# Stands in for run_in_copy: it does what `name` says.
FAKE = """\
import json, os, sys

for line in sys.stdin:
    request = json.loads(line)
    stage = request["stages"][0]
    if request["name"] == "bad":
        print("cannot start", file=sys.stderr, flush=True)
        print(json.dumps(["ChainEnded", 1]), flush=True)
    elif request["name"] == "dead":
        os._exit(3)
    else:
        print(json.dumps(["StageStarted", "good", stage]), flush=True)
        if request["name"] == "good":
            print(json.dumps(["StageFinished", "good", stage, True, 0.5, False]), flush=True)
            print(json.dumps(["ChainEnded", 0]), flush=True)
"""
Start = Callable[[str], ChainServer]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(chain_server, "MODULE", "fake")
    servers = []

    def start_server(key: str) -> ChainServer:
        copy, lock = lock_copy(tmp_path)
        (copy / "fake.py").write_text(FAKE)
        with lock:
            servers.append(ChainServer(key, copy, lock))
        return servers[-1]

    yield start_server
    for server in servers:
        server.close()


def run(server: ChainServer, name: str, cancel_when_started: bool = False) -> tuple[int, list[Any]]:
    sent: list[dict[str, Any]] = []
    chain = ChainOnServer(server, name, sent.append)
    code = chain.run({"name": name, "stages": ["train@good"]}, lambda: cancel_when_started and bool(sent))
    return code, [message["event"] for message in sent]


def test_chains_run_one_after_another_in_one_process(start: Start) -> None:
    server = start("a")
    events = [["StageStarted", "good", "train@good"], ["StageFinished", "good", "train@good", True, 0.5, False]]
    assert run(server, "good") == (0, events)
    assert run(server, "good") == (0, events)
    assert server.lives


def test_what_is_printed_before_the_first_stage_is_the_message_of_its_failure(start: Start) -> None:
    server = start("a")
    code, events = run(server, "bad")
    assert code == 1
    assert events == [["StageStarted", "bad", "train@good"], ["StageFailed", "bad", "train@good", "cannot start\n"]]


def test_a_process_that_dies_fails_its_chain(start: Start) -> None:
    server = start("a")
    code, _ = run(server, "dead")
    assert code == 3
    assert not server.lives


def test_a_cancelled_chain_ends_its_process(start: Start) -> None:
    server = start("a")
    assert run(server, "endless", cancel_when_started=True) == (1, [["StageStarted", "good", "train@good"]])
    assert not server.lives


def test_only_a_chain_with_the_same_key_gets_an_idle_process_and_the_others_end(start: Start, tmp_path: Path) -> None:
    idle, first, second = IdleServers[ChainServer](), start("a"), start("b")
    assert [server.copy.name for server in (first, second)] == ["copy-0", "copy-1"]
    idle.add(first)
    idle.add(second)
    assert idle.take("a") is first
    assert idle.take("a") is None
    assert not second.lives
    copy, lock = lock_copy(tmp_path)
    lock.close()
    assert copy.name == "copy-1", "its lock was held until the process ended"


def test_an_idle_process_ends_after_some_time(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_process, "IDLE_SECONDS", 0.01)
    idle, server = IdleServers[ChainServer](), start("a")
    idle.add(server)
    deadline = time.monotonic() + 60
    while server.lives:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert idle.take("a") is None
