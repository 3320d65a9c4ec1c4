"""Runs the stages of one chain, one after another, and records them in dvc.lock; in a process of its own."""

import os
import signal
import sys
from collections.abc import Callable
from time import monotonic

from stages.cli.run.execution.executor import StageEvent, StageFailed, StageFinished, StageStarted
from stages.cli.run.last_run.stage_log import open_log, read_log
from stages.cli.run.plan import Chain
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository, prepare_forked_process
from stages.core.errors import UserError

STOP_AT_ONCE_SECONDS, KILL_SECONDS = 3, 15


class StopRequest:
    """Handles SIGTERM: the first ends the running stage, and no other starts; the second ends all at once.

    DVC itself is not interrupted while it writes; what has not ended some seconds later is killed. The signals go to
    the process group, which is this process and what DVC starts. This process handles them without an effect: unlike
    an ignored signal, that is not inherited.
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
            signal.signal(signal.SIGALRM, lambda *_: os.killpg(0, signal.SIGKILL))
            signal.alarm(KILL_SECONDS)
        else:
            self.received = True
            os.killpg(0, signal.SIGINT)
            signal.alarm(STOP_AT_ONCE_SECONDS)


def _no_effect(*_: object) -> None:
    pass


def run_chain(repository: Repository, chain: Chain, report: Callable[[StageEvent], None]) -> bool:
    """Whether all stages finished. Those that did are in dvc.lock even if not all did."""
    stop, current = StopRequest(), chain.stages[0]
    try:
        with dvc_errors():
            redirect_output(current)
            prepare_forked_process()
            with repository.locked():
                for current in chain.stages:
                    if stop.received:
                        return False
                    report(StageStarted(chain.name, current))
                    report(run_dvc_stage(repository, chain.name, current))
    except UserError as error:
        report(StageFailed(chain.name, current, str(error)))
        return False
    return True


def run_dvc_stage(repository: Repository, chain: str, stage: str) -> StageFinished:
    """Run a stage unless it is up to date, and record it: the next stages compare what they read with the record."""
    redirect_output(stage)
    start = monotonic()
    changed = repository.reproduce(stage)
    seconds = monotonic() - start
    if changed:
        repository.record([stage])
    sys.stdout.flush()
    # DVC does not print this if it restored the outputs from the run cache.
    ran = f"Running stage '{stage}'" in read_log(stage)
    return StageFinished(chain, stage, ran, seconds, restored=changed and not ran)


def redirect_output(stage: str) -> None:
    """From here on, what this process and its children print goes to the stage's file."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open_log(stage) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
