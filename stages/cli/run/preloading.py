"""Starts the processes that stages are forked from, and ends them."""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stages.cli.run.chain_worker import output_of
from stages.cli.run.preload_server import SERVES
from stages.core.runtime.preload_client import WHERE

# Below that, loading the libraries for all costs more than each loading its own.
WORTH = 2
LONGEST_PATH = 60


@contextmanager
def kept_warm(stages: Sequence[str]) -> Iterator[None]:
    """Where the system can (Linux); elsewhere, as in a plain `dvc repro`, each stage loads what it needs."""
    kinds = worthwhile(stages) if hasattr(os, "pidfd_open") else []
    with ExitStack() as stack:
        if kinds:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="restage-"))
            if len(folder) <= LONGEST_PATH:  # a socket's path has little room
                for kind in kinds:
                    stack.enter_context(_kept(Path(folder), kind))
                os.environ[WHERE] = folder
                stack.callback(os.environ.pop, WHERE)
        yield


def worthwhile(stages: Sequence[str]) -> list[str]:
    """
    >>> worthwhile(["train@iris", "evaluate@iris", "report@iris"])
    ['keras']
    """
    rooms = Counter(f"stages.{stage.partition('@')[0]}" for stage in stages)
    return [kind for kind, modules in SERVES.items() if sum(rooms[module] for module in modules) >= WORTH]


@contextmanager
def _kept(folder: Path, kind: str) -> Iterator[None]:
    """Out of reach of a terminal's Ctrl-C: the chains are ended first. If this process is killed, its input ends."""
    command = [sys.executable, "-m", "stages.cli.run.preload_server", str(folder), kind]
    said = output_of(f"warm-{kind}")
    said.parent.mkdir(parents=True, exist_ok=True)
    with said.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
