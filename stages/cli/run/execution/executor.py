"""Where chains run: the protocol that every executor implements. `restage run` knows no more of an executor."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from stages.cli.run.plan import Chain


@dataclass(frozen=True)
class Resources:
    """What a chain asks for. An executor uses what it can account for, and may ignore the rest."""

    threads: int = 1
    memory_bytes: int | None = None
    gpus: int = 0


@dataclass(frozen=True)
class StageStarted:
    """An executor reports it as soon as it knows."""

    chain: str
    stage: str


@dataclass(frozen=True)
class StageFinished:
    """`ran` is false for a stage that was up to date, and if its outputs were `restored` from DVC's run cache."""

    chain: str
    stage: str
    ran: bool
    seconds: float
    restored: bool = False


@dataclass(frozen=True)
class StageFailed:
    """`message` says why, in addition to what the stage printed."""

    chain: str
    stage: str
    message: str


@dataclass(frozen=True)
class ChainWaiting:
    """The chain asks for something that is not there; `reason` says for what, and what there is."""

    chain: str
    reason: str


StageEvent = ChainWaiting | StageStarted | StageFinished | StageFailed


class Executor(Protocol):
    """Runs chains in parallel. All methods may be called from any thread."""

    def submit(self, chain: Chain, resources: Resources) -> "Future[int]":
        """Start the chain as soon as its resources are free; chains start in the order in which they are submitted.

        The result is an exit code: 0 if all stages finished, negative if a signal ended the chain's process.
        All events of the chain are reported before its future is done.
        """

    def stop(self) -> None:
        """End all chains and cancel those that wait. They record what they finished; called again, they end at once."""
