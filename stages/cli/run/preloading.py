"""Starts the processes that stages are forked from with their libraries loaded, and ends them."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from stages.cli.run.preload_server import MODULES
from stages.cli.run.stage_output import open_output
from stages.core.runtime.preload_client import FOLDER_VARIABLE

# For a single stage, loading the libraries of its whole group takes longer than loading its own.
MIN_STAGES = 2
# Relative to the repository, in which DVC runs the stages: the path of a Unix socket has 104 bytes on some systems.
PARENT = Path(".dvc/tmp/restage/preloaded")


@contextmanager
def preloaded_libraries(stages: Sequence[str]) -> Iterator[None]:
    """Stages that start during the block find their libraries loaded, on Linux.

    On other systems each stage loads what it needs, as it does in a plain `dvc repro`.
    """
    groups = groups_worth_preloading(stages) if hasattr(os, "pidfd_open") else []
    with ExitStack() as stack:
        if groups:
            folder = stack.enter_context(socket_folder())
            for group in groups:
                stack.enter_context(_server(folder, group))
            os.environ[FOLDER_VARIABLE] = str(folder)
            stack.callback(os.environ.pop, FOLDER_VARIABLE)
        yield


def groups_worth_preloading(stages: Sequence[str]) -> list[str]:
    """
    >>> groups_worth_preloading(["train@iris", "evaluate@iris", "report@iris"])
    ['keras']
    """
    counts = Counter(f"stages.{stage.partition('@')[0]}" for stage in stages)
    return [group for group, modules in MODULES.items() if sum(counts[module] for module in modules) >= MIN_STAGES]


@contextmanager
def socket_folder() -> Iterator[Path]:
    """A new folder, locked while this process or a chain of it runs. First, those that nobody has locked are removed:
    a killed run left them.
    """
    PARENT.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _locked(PARENT):
            for left in PARENT.iterdir():
                with suppress(BlockingIOError), _locked(left, fcntl.LOCK_NB):
                    shutil.rmtree(left)
            folder = Path(os.path.relpath(tempfile.mkdtemp(dir=PARENT)))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.enter_context(_locked(folder))
        yield folder


@contextmanager
def _locked(folder: Path, flags: int = 0) -> Iterator[None]:
    """The system releases the lock when the process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | flags)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _server(folder: Path, group: str) -> Iterator[None]:
    """In a session of its own: a Ctrl-C in the terminal must end the chains first. It ends too if this process dies."""
    command = [sys.executable, "-m", "stages.cli.run.preload_server", str(folder), group]
    with open_output(f"preload-{group}") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
