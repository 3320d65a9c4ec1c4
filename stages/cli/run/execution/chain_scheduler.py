"""Gives chains to an executor, shows what happens to them, and stops them on a signal or a failure."""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from stages.cli.run.execution.executor import (
    ChainWaiting,
    Executor,
    Resources,
    StageEvent,
    StageFailed,
    StageFinished,
    StageStarted,
)
from stages.cli.run.plan import Chain
from stages.cli.run.progress_display import LogDisplay
from stages.cli.stop_signals import handling_stop_signals

REDRAW_SECONDS = 0.5


@dataclass(frozen=True)
class ChainEnded:
    chain: Chain
    future: "Future[int]"


@dataclass(frozen=True)
class SignalReceived:
    number: int


# Threads and signal handlers put events here, and the main thread handles them. SimpleQueue.put may be called in a
# signal handler, also in the middle of another call of it.
Events = queue.SimpleQueue[StageEvent | ChainEnded | SignalReceived]


@dataclass
class ChainScheduler:
    """`executor` reports to `events`; `resources` says what a chain asks for."""

    executor: Executor
    events: Events
    resources: Callable[[Chain], Resources]
    display: LogDisplay
    fail_fast: bool = False
    failed: list[str] = field(default_factory=list)  # stages
    seconds: dict[str, float] = field(default_factory=dict)  # of the stages that ran
    restored: list[str] = field(default_factory=list)  # stages whose outputs came from the run cache
    interrupted: bool = False

    def run(self, chains: Sequence[Chain]) -> bool:
        """Run chains, in parallel if the executor has the resources; returns whether all of them finished."""
        self._chains = {chain.name: chain for chain in chains}
        self._current_stages = {chain.name: chain.stages[0] for chain in chains}
        self._messages: dict[str, str] = {}  # by stage
        try:
            for chain in chains:
                self.executor.submit(chain, self.resources(chain)).add_done_callback(self._on_end(chain))
            while self._chains:
                self._handle_next_event()
        except BaseException:
            self.executor.stop()
            raise
        return not self.failed and not self.interrupted

    def _on_end(self, chain: Chain) -> "Callable[[Future[int]], None]":
        """Called where the chain ends: with fail_fast nothing else may start between that and the stop."""

        def put_event(future: "Future[int]") -> None:
            self.events.put(ChainEnded(chain, future))
            failed = future.cancelled() or future.exception() is not None or future.result() != 0
            if self.fail_fast and failed:
                self.executor.stop()

        return put_event

    def _handle_next_event(self) -> None:
        try:
            event = self.events.get(timeout=REDRAW_SECONDS)
        except queue.Empty:
            event = None
        match event:
            case ChainWaiting(chain, reason):
                self.display.chain_waiting(self._chains[chain], reason)
            case StageStarted(chain, stage):
                self._current_stages[chain] = stage
                self.display.stage_started(self._chains[chain], stage)
            case StageFinished():
                self._stage_finished(event)
            case StageFailed(_, stage, message):
                self._messages[stage] = message
            case ChainEnded(ended, future):
                self._end(ended, future)
            case SignalReceived():
                self.interrupted = True
                self.executor.stop()
        self.display.redraw()

    def _stage_finished(self, event: StageFinished) -> None:
        if event.ran:
            self.seconds[event.stage] = event.seconds
        if event.restored:
            self.restored.append(event.stage)
        self.display.stage_finished(self._chains[event.chain], event.stage, event.seconds, event.ran)

    def _end(self, chain: Chain, future: "Future[int]") -> None:
        del self._chains[chain.name]
        if future.cancelled():
            return
        exit_code = future.result()
        self.display.chain_ended(chain, exit_code == 0)
        # A chain that was stopped did not fail.
        stopping = self.interrupted or (self.fail_fast and bool(self.failed))
        if exit_code != 0 and not stopping:
            stage = self._current_stages[chain.name]
            self.failed.append(stage)
            reason = f" (signal {-exit_code})" if exit_code < 0 else ""
            self.display.stage_failed(stage, reason, self._messages.get(stage, ""))

    def handling_signals(self) -> AbstractContextManager[None]:
        """Signals become events: they are handled between two others and never in the middle of one."""
        return handling_stop_signals(lambda number: self.events.put(SignalReceived(number)))
