"""What is shown and returned for chains that finish, fail or are stopped."""

import os
import signal
from concurrent.futures import Future

import pytest

from stages.cli.run.execution.chain_scheduler import ChainScheduler, Events
from stages.cli.run.execution.executor import Resources, StageFailed, StageFinished, StageStarted
from stages.cli.run.execution.local_executor import LocalExecutor, Report, RunChain
from stages.cli.run.plan import Chain
from stages.cli.run.progress_display import LogDisplay
from tests.cli.run.fake_chains import fail_for, fake_chain, run_until_stopped, succeed


class RecordingDisplay(LogDisplay):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[object, ...]] = []

    def stage_started(self, chain: Chain, stage: str) -> None:
        self.calls.append(("stage_started", stage))

    def stage_finished(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None:
        self.calls.append(("stage_finished", stage))

    def stage_failed(self, stage: str, reason: str, message: str) -> None:
        self.calls.append(("stage_failed", stage, reason, message))

    def chain_ended(self, chain: Chain, finished: bool) -> None:
        self.calls.append(("chain_ended", chain.name, finished))


def create_runner(run_chain: RunChain, slots: int = 2, fail_fast: bool = False) -> ChainScheduler:
    events = Events()
    executor = LocalExecutor(slots, run_chain, events.put)
    return ChainScheduler(executor, events, lambda chain: Resources(), RecordingDisplay(), fail_fast)


def run(runner: ChainScheduler, *chains: Chain) -> bool:
    with runner.handling_signals():
        return runner.run(chains)


def calls(runner: ChainScheduler) -> list[tuple[object, ...]]:
    assert isinstance(runner.display, RecordingDisplay)
    return runner.display.calls


def test_every_chain_runs_and_the_seconds_of_its_stages_are_kept() -> None:
    runner = create_runner(succeed)
    assert run(runner, fake_chain("iris", "train", "report"), fake_chain("wine"))
    assert runner.seconds == {"train@iris": 1.5, "report@iris": 1.5, "train@wine": 1.5}


def test_stages_that_were_restored_are_counted_apart() -> None:
    def restore(chain: Chain, report: Report) -> bool:
        report(StageFinished(chain.name, "train@iris", ran=False, seconds=0.1, restored=True))
        report(StageFinished(chain.name, "report@iris", ran=False, seconds=0.1))
        return True

    runner = create_runner(restore)
    assert run(runner, fake_chain("iris", "train", "report"))
    assert (runner.seconds, runner.restored) == ({}, ["train@iris"])


def test_no_chains_are_finished_at_once() -> None:
    assert run(create_runner(succeed))


def test_a_failure_is_shown_and_other_chains_go_on() -> None:
    runner = create_runner(fail_for("iris"), slots=1)
    assert not run(runner, fake_chain("iris", "train", "report"), fake_chain("wine"))
    assert runner.failed == ["train@iris"]
    assert ("stage_failed", "train@iris", "", "") in calls(runner)
    assert ("chain_ended", "wine", True) in calls(runner)


def test_with_fail_fast_a_failure_stops_other_chains() -> None:
    runner = create_runner(fail_for("iris", run_until_stopped), fail_fast=True)
    assert not run(runner, fake_chain("wine"), fake_chain("iris"), fake_chain("digits"))
    assert runner.failed == ["train@iris"]
    assert ("stage_started", "train@digits") not in calls(runner)


def test_a_killed_process_is_a_failure_with_its_signal() -> None:
    def kill_itself(chain: Chain, report: Report) -> bool:
        succeed(chain, report)
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    runner = create_runner(kill_itself)
    assert not run(runner, fake_chain("iris", "train", "report"))
    assert ("stage_failed", "report@iris", " (signal 9)", "") in calls(runner)


def test_the_message_of_a_failed_stage_is_shown() -> None:
    def fail(chain: Chain, report: Report) -> bool:
        report(StageStarted(chain.name, chain.stages[0]))
        report(StageFailed(chain.name, chain.stages[0], "the disk is full"))
        return False

    runner = create_runner(fail)
    assert not run(runner, fake_chain("iris"))
    assert ("stage_failed", "train@iris", "", "the disk is full") in calls(runner)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_what_runs_and_starts_nothing_else(number: int) -> None:
    def signal_parent(chain: Chain, report: Report) -> bool:
        os.kill(os.getppid(), number)
        return run_until_stopped(chain, report)

    runner = create_runner(signal_parent, slots=1)
    handler = signal.getsignal(number)
    assert not run(runner, fake_chain("iris"), fake_chain("wine"))
    assert runner.interrupted
    assert runner.failed == []
    assert not [call for call in calls(runner) if "wine" in call or "train@wine" in call]
    assert signal.getsignal(number) == handler


class BrokenExecutor:
    """Cannot start a process."""

    stopped = False

    def submit(self, chain: Chain, resources: Resources) -> "Future[int]":
        future: Future[int] = Future()
        future.set_exception(OSError("no more processes"))
        return future

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.parametrize("fail_fast", [False, True])
def test_an_error_of_the_executor_stops_all_and_is_raised(fail_fast: bool) -> None:
    executor = BrokenExecutor()
    runner = ChainScheduler(executor, Events(), lambda chain: Resources(), RecordingDisplay(), fail_fast)
    with pytest.raises(OSError, match="no more processes"):
        run(runner, fake_chain("iris"))
    assert executor.stopped
