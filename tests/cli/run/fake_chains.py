"""Chains of stages that exist in name only, and functions that stand for running them."""

import os
import signal
import time

from stages.cli.run.execution.executor import StageFinished, StageStarted
from stages.cli.run.execution.local_executor import Report, RunChain
from stages.cli.run.plan import Chain


def fake_chain(name: str, *stages: str) -> Chain:
    """All of its stages are to be run."""
    names = tuple(f"{stage}@{name}" for stage in stages or ("train",))
    return Chain(name, names, names)


def succeed(chain: Chain, report: Report) -> bool:
    for stage in chain.stages:
        report(StageStarted(chain.name, stage))
        report(StageFinished(chain.name, stage, ran=True, seconds=1.5))
    return True


def fail_for(name: str, others: RunChain = succeed) -> RunChain:
    def run_chain(chain: Chain, report: Report) -> bool:
        if chain.name != name:
            return others(chain, report)
        report(StageStarted(chain.name, chain.stages[0]))
        return False

    return run_chain


def run_until_stopped(chain: Chain, report: Report) -> bool:
    """Would take a minute; ends at once on SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))
    report(StageStarted(chain.name, chain.stages[0]))
    time.sleep(60)
    return True
