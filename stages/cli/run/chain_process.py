"""Runs the stages of one chain, one after another, and records them in dvc.lock; in a process of its own."""

import os
import signal
import sys
from collections.abc import Callable
from time import monotonic

from stages.cli.run.executor import StageEvent, StageFinished, StageStarted
from stages.cli.run.plan import Chain
from stages.cli.run.stage_output import open_output, read_output
from stages.core.dvc.repository import Repository, dvc_errors, prepare_forked_process
from stages.core.errors import UserError

STOP_AT_ONCE_SECONDS = 3


class StopRequest:
    """Handles SIGTERM: the first ends the running stage, and no other starts; the second ends all at once.

    DVC itself is not interrupted while it writes. The signals go to the process group, which is this process and what
    DVC starts. This process handles them without an effect: unlike an ignored signal, that is not inherited.
    """

    def __init__(self) -> None:
        self.received = False
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _no_effect)
        for number in (signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        if self.received:
            signal.signal(signal.SIGTERM, _no_effect)
            os.killpg(0, signal.SIGTERM)
        else:
            self.received = True
            os.killpg(0, signal.SIGINT)
            signal.alarm(STOP_AT_ONCE_SECONDS)


def _no_effect(*_: object) -> None:
    pass


def run_chain(repository: Repository, chain: Chain, report: Callable[[StageEvent], None]) -> bool:
    """Whether all stages finished. Those that did are in dvc.lock even if not all did."""
    stop = StopRequest()
    redirect_output(chain.stages[0])
    prepare_forked_process()
    with repository.locked():
        for stage in chain.stages:
            if stop.received:
                return False
            report(StageStarted(chain.name, stage))
            finished = run_dvc_stage(repository, stage)
            if finished is None:
                return False
            report(StageFinished(chain.name, stage, *finished))
    return True


def run_dvc_stage(repository: Repository, stage: str) -> tuple[bool, float] | None:
    """Run a stage unless it is up to date, and record it: the next stages compare what they read with the record.

    Returns whether its command ran, and the seconds; None if the stage failed.
    """
    redirect_output(stage)
    start = monotonic()
    try:
        with dvc_errors():
            changed = repository.reproduce(stage)
    except UserError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return None
    seconds = monotonic() - start
    if changed:
        repository.record([stage])
    sys.stdout.flush()
    # DVC does not print this if it restored the outputs from the run cache.
    return f"Running stage '{stage}'" in read_output(stage), seconds


def redirect_output(stage: str) -> None:
    """From here on, what this process and its children print goes to the stage's file."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open_output(stage) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
