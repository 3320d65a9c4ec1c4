"""Chains in real processes that do next to nothing."""

import os
import queue
import select
import signal
import threading
import time
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest

from stages.cli.run.execution.executor import Resources, StageEvent, StageFinished, StageStarted
from stages.cli.run.execution.local_executor import LocalExecutor, Report, RunChain
from stages.cli.run.plan import Chain
from tests.cli.run.fake_chains import fail_for, fake_chain, run_until_stopped, succeed

TIMEOUT = 30


class Run:
    """An executor, and the events that it reported."""

    def __init__(self, run_chain: RunChain, slots: int = 2, memory: int | None = None) -> None:
        self.events: queue.SimpleQueue[StageEvent] = queue.SimpleQueue()
        self.executor = LocalExecutor(slots, run_chain, self.events.put, memory)

    def submit(self, *chains: Chain, threads: int = 1, memory: int | None = None) -> "list[Future[int]]":
        resources = Resources(threads=threads, memory_bytes=memory)
        return [self.executor.submit(chain, resources) for chain in chains]

    def exit_codes(self, *chains: Chain, threads: int = 1, memory: int | None = None) -> list[int]:
        return [future.result(TIMEOUT) for future in self.submit(*chains, threads=threads, memory=memory)]


def test_all_events_of_a_chain_are_reported_before_its_future_is_done() -> None:
    run = Run(succeed)
    assert run.exit_codes(fake_chain("iris", "train", "report")) == [0]
    assert [run.events.get_nowait() for _ in range(4)] == [
        StageStarted("iris", "train@iris"),
        StageFinished("iris", "train@iris", ran=True, seconds=1.5),
        StageStarted("iris", "report@iris"),
        StageFinished("iris", "report@iris", ran=True, seconds=1.5),
    ]
    assert run.events.empty()


def test_one_slot_runs_chains_one_after_the_other_in_the_order_of_submission() -> None:
    run = Run(succeed, slots=1)
    assert run.exit_codes(*map(fake_chain, "cab")) == [0, 0, 0]
    assert [run.events.get_nowait().chain for _ in range(6)] == ["c", "c", "a", "a", "b", "b"]


def at_most(count: int, folder: Path) -> RunChain:
    """Fails if more than this many run at once."""

    def count_running(chain: Chain, _: Report) -> bool:
        own = folder / chain.name
        own.touch()
        time.sleep(0.2)
        running = len(list(folder.iterdir()))
        own.unlink()
        return running <= count

    return count_running


@pytest.mark.parametrize(("threads", "most"), [(1, 4), (2, 2), (3, 1), (9, 1)])
def test_a_chain_with_several_threads_takes_as_many_slots(threads: int, most: int, tmp_path: Path) -> None:
    assert Run(at_most(most, tmp_path), slots=4).exit_codes(*map(fake_chain, "abcd"), threads=threads) == [0] * 4


@pytest.mark.parametrize(("memory", "most"), [(300, 3), (500, 2), (1000, 1)])
def test_chains_run_while_what_they_may_use_fits(memory: int, most: int, tmp_path: Path) -> None:
    run = Run(at_most(most, tmp_path), slots=4, memory=1000)
    assert run.exit_codes(*map(fake_chain, "abcd"), memory=memory) == [0] * 4


@pytest.mark.parametrize(("asked", "limit"), [(None, "500"), (700, "700")])
def test_a_chain_learns_what_it_may_use(asked: int | None, limit: str) -> None:
    """Without a wish it is the part of its slots."""

    def has_limit(_: Chain, report: Report) -> bool:
        return os.environ["RESTAGE_MEMORY"] == limit

    assert Run(has_limit, slots=2, memory=1000).exit_codes(fake_chain("a"), memory=asked) == [0]


def test_a_failure_does_not_stop_other_chains() -> None:
    assert Run(fail_for("iris")).exit_codes(fake_chain("iris"), fake_chain("wine")) == [1, 0]


def test_a_killed_process_does_not_stop_other_chains() -> None:
    def kill_iris(chain: Chain, report: Report) -> bool:
        if chain.name == "iris":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.2)
        return succeed(chain, report)

    assert Run(kill_iris).exit_codes(fake_chain("iris"), fake_chain("wine")) == [-signal.SIGKILL, 0]


def test_a_bug_in_a_chain_is_a_failure_with_a_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    def divide(chain: Chain, report: Report) -> bool:
        return 1 // 0 == 1

    assert Run(divide).exit_codes(fake_chain("iris")) == [1]
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device without space")
def test_a_chain_that_cannot_print_fails() -> None:
    def print_to_full_disk(chain: Chain, report: Report) -> bool:
        with Path("/dev/full").open("w") as full:
            os.dup2(full.fileno(), 1)
            os.dup2(full.fileno(), 2)
        print("x")
        raise ValueError("a bug")

    run = Run(print_to_full_disk, slots=1)
    assert run.exit_codes(fake_chain("iris"), fake_chain("wine")) == [1, 1]


def test_a_chain_is_stopped_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    def note_end(chain: Chain, report: Report) -> bool:
        signal.signal(signal.SIGTERM, lambda *_: (tmp_path / "stopped").touch())
        (tmp_path / "started").touch()
        time.sleep(TIMEOUT)
        return True

    process = os.fork()
    if process == 0:
        Run(note_end).exit_codes(fake_chain("iris"))
        os._exit(0)
    wait_for(tmp_path / "started")
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    wait_for(tmp_path / "stopped")


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_stop_ends_what_runs_and_cancels_what_waits() -> None:
    run = Run(run_until_stopped, slots=1)
    running, waiting = run.submit(fake_chain("iris"), fake_chain("wine"))
    assert run.events.get(timeout=TIMEOUT) == StageStarted("iris", "train@iris")
    run.executor.stop()
    assert running.result(TIMEOUT) == 1
    with pytest.raises(CancelledError):
        waiting.result(TIMEOUT)
    assert run.events.empty()


def test_a_second_stop_is_passed_on(tmp_path: Path) -> None:
    def count_signals(chain: Chain, report: Report) -> bool:
        received = threading.Semaphore(0)
        signal.signal(signal.SIGTERM, lambda *_: received.release())
        report(StageStarted(chain.name, chain.stages[0]))
        for stage in ("first", "second"):
            received.acquire(timeout=TIMEOUT)
            report(StageStarted(chain.name, stage))
        return True

    run = Run(count_signals)
    (future,) = run.submit(fake_chain("iris"))
    for stage in ("train@iris", "first"):
        assert run.events.get(timeout=TIMEOUT) == StageStarted("iris", stage)
        run.executor.stop()
    assert future.result(TIMEOUT) == 0


def test_a_process_that_does_not_stop_is_killed_with_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    def ignore_stop(chain: Chain, report: Report) -> bool:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        report(StageStarted(chain.name, chain.stages[0]))
        time.sleep(60)
        return True

    monkeypatch.setattr("stages.cli.run.execution.local_executor.KILL_AFTER", 0.1)
    run = Run(ignore_stop)
    (future,) = run.submit(fake_chain("iris"))
    run.events.get(timeout=TIMEOUT)
    run.executor.stop()
    assert future.result(TIMEOUT) == -signal.SIGKILL


def test_a_chain_submitted_after_a_stop_does_not_start() -> None:
    run = Run(succeed)
    run.executor.stop()
    assert run.exit_codes(fake_chain("iris")) == [-signal.SIGTERM]
    assert run.events.empty()


def test_that_no_process_can_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    (future,) = Run(succeed).submit(fake_chain("iris"))
    with pytest.raises(OSError, match="no more processes"):
        future.result(TIMEOUT)


def test_a_chain_ends_with_the_process_that_started_it() -> None:
    """It would go on writing while the next run begins, which DVC then refuses: its paths are in use."""
    read_end, write_end = os.pipe()

    def report_and_sleep(chain: Chain, report: Report) -> bool:
        os.write(write_end, b"started")
        time.sleep(60)
        return True

    runner = os.fork()
    if runner == 0:
        Run(report_and_sleep).exit_codes(fake_chain("iris"))
        os._exit(0)
    os.close(write_end)
    assert os.read(read_end, 100) == b"started"
    os.kill(runner, signal.SIGKILL)
    os.waitpid(runner, 0)
    assert select.select([read_end], [], [], TIMEOUT)[0] == [read_end]
    assert os.read(read_end, 100) == b"", "the pipe is closed when the last process that has it ends"
    os.close(read_end)


def test_descriptors_are_closed() -> None:
    Run(succeed).exit_codes(fake_chain("first"))
    before = open_descriptors()
    assert Run(succeed, slots=8).exit_codes(*map(fake_chain, "abcdefgh")) == [0] * 8
    assert open_descriptors() == before


def test_a_process_has_no_pipe_of_another(tmp_path: Path) -> None:
    """An open read end would keep a chain from noticing that `restage run` was killed."""

    def has_own_pipe_only(chain: Chain, report: Report) -> bool:
        time.sleep(0.2)
        # The other new descriptor is that of the null device.
        return len(open_descriptors() - before) == 2

    before = open_descriptors()
    assert Run(has_own_pipe_only, slots=4).exit_codes(*map(fake_chain, "abcd")) == [0, 0, 0, 0]


def open_descriptors() -> set[str]:
    """Without that of the folder which is read."""
    return {file.name for file in Path("/dev/fd").iterdir() if os.path.lexists(file)}
