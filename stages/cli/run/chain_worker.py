"""One chain in a process of its own: forked from the one that has read the graph, so that DVC starts once."""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from dvc import logger
from dvc.exceptions import DvcException
from dvc.repo import Repo, lock_repo

from stages.cli.run.plan import Chain, DvcStage

OUTPUT = Path(".dvc/tmp/restage/output")
# DVC takes half a second to write dvc.lock with ten datasets in it, and five for a hundred: short stages
# are recorded together when their chain ends, a long one at once. Its result is in the run cache either way.
LONG = 10.0
PATIENCE = 3

Say = Callable[..., None]


def output_of(stage: str) -> Path:
    """All that a stage and DVC said when it last ran."""
    return OUTPUT / f"{stage}.txt"


class Stopping:
    """SIGTERM ends the stage that runs and no other is begun; DVC itself is never cut off while it writes.

    Its group is this process and whatever DVC starts. A handler that does nothing, unlike a signal that is
    ignored, is not inherited by them.
    """

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _unmoved)
        for number in (signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        if self.asked:
            signal.signal(signal.SIGTERM, _unmoved)
            os.killpg(0, signal.SIGTERM)
        else:
            self.asked = True
            os.killpg(0, signal.SIGINT)
            signal.alarm(PATIENCE)


def _unmoved(*_: object) -> None:
    pass


def chain_process(repo: Repo, chain: Chain, told: int) -> int:
    """What the forked process does; `told` is the pipe on which the other hears of it."""
    stopping = Stopping()
    for number, mode in enumerate(("rb", "wb", "wb")):
        become(number, Path(os.devnull), mode)
    logger.setup()

    def say(*words: object) -> None:
        os.write(told, json.dumps(words).encode() + b"\n")

    try:
        return 0 if run_stages(repo, chain.stages, say, stopping) else 1
    except BrokenPipeError:
        return 1


def run_stages(repo: Repo, stages: Sequence[DvcStage], say: Say, stopping: Stopping) -> bool:
    """Whether all went well; whatever was finished is in dvc.lock even if not."""
    finished: list[DvcStage] = []
    with lock_repo(repo):
        try:
            for stage in stages:
                if stopping.asked or not run_stage(stage, finished, say):
                    return False
        finally:
            record(finished)
    return True


def run_stage(stage: DvcStage, finished: list[DvcStage], say: Say) -> bool:
    name = stage.addressing
    listen(name)
    say("began", name)
    began = monotonic()
    try:
        with stage.repo.scm_context(quiet=True):
            changed = stage.reproduce() is not None
    except DvcException as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return False
    took = monotonic() - began
    if changed:
        finished.append(stage)
    if took > LONG:
        record(finished)
    say("ended", name, ran(name), took)
    return True


def record(finished: list[DvcStage]) -> None:
    """As `dvc repro` does after each stage, for several in one writing of dvc.lock."""
    if finished:
        finished[0].dvcfile.dump_stages(finished, update_pipeline=False)
        finished.clear()


def listen(stage: str) -> None:
    """From here on all that is said, by DVC or by what it starts, goes to the stage's own file."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = output_of(stage)
    file.parent.mkdir(parents=True, exist_ok=True)
    become(1, file, "wb")
    os.dup2(1, 2)


def become(number: int, file: Path, mode: str) -> None:
    with file.open(mode) as opened:
        os.dup2(opened.fileno(), number)


def ran(stage: str) -> bool:
    """A stage whose result was in the run cache did not; its time says nothing."""
    sys.stdout.flush()
    return f"Running stage '{stage}'" in output_of(stage).read_text(encoding="utf-8", errors="replace")
