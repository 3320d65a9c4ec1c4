"""Starts the processes that stages are forked from with their libraries loaded, and ends them."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from stages.cli.run.last_run.stage_log import open_log
from stages.cli.run.preloading.preload_server import MODULES
from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.files.atomic_write import remove
from stages.core.runtime.preload_client import FOLDER_VARIABLE

# For a single stage, loading the libraries of its whole group takes longer than loading its own.
MIN_STAGES = 2
# The folders with the sockets, one for each process. The path is relative: that of a socket has 104 bytes at most.
SOCKETS = Path(".dvc/tmp/restage/sockets")


@contextmanager
def preloaded_libraries(stages: Sequence[str]) -> Iterator[None]:
    """Stages that start during the block find their libraries loaded, on Linux."""
    with PreloadServers() as servers:
        servers.start_for(stages)
        yield


class PreloadServers(ExitStack):
    """On other systems than Linux each stage loads what it needs, as it does in a plain `dvc repro`.

    No other run works in this clone, so the folders that are there are those of killed runs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stages: list[str] = []
        self._groups: set[str] = set()
        remove(SOCKETS)

    def start_for(self, stages: Sequence[str]) -> None:
        """Start those that these stages, and the ones before, are worth."""
        self._stages += stages_of_this_package(stages, read_pipeline())
        groups = groups_worth_preloading(self._stages) if hasattr(os, "pidfd_open") else []
        folder = SOCKETS / str(os.getpid())
        if groups and not self._groups:
            folder.mkdir(parents=True)
            self.callback(remove, SOCKETS)
            os.environ[FOLDER_VARIABLE] = str(folder)
            self.callback(os.environ.pop, FOLDER_VARIABLE)
        for group in groups:
            if group not in self._groups:
                self._groups.add(group)
                self.enter_context(_server(folder, group))


def stages_of_this_package(stages: Sequence[str], pipeline: Mapping[str, Any]) -> list[str]:
    """Those whose command in dvc.yaml runs the module with their name; another command asks no server.

    >>> pipeline = {"train": {"do": {"cmd": "exec python3 -m stages.train ${key}"}}, "summary": {"cmd": "true"}}
    >>> stages_of_this_package(["train@iris", "summary"], pipeline)
    ['train@iris']
    """
    found = []
    for stage in stages:
        name = stage.partition("@")[0]
        section = pipeline.get(name, {})
        if f"-m stages.{name}" in str(section.get("do", section).get("cmd", "")):
            found.append(stage)
    return found


def groups_worth_preloading(stages: Sequence[str]) -> list[str]:
    """
    >>> groups_worth_preloading(["train@iris", "evaluate@iris", "report@iris"])
    ['keras']
    """
    counts = Counter(f"stages.{stage.partition('@')[0]}" for stage in stages)
    return [group for group, modules in MODULES.items() if sum(counts[module] for module in modules) >= MIN_STAGES]


@contextmanager
def _server(folder: Path, group: str) -> Iterator[None]:
    """In a session of its own: a Ctrl-C in the terminal must end the chains first. It ends too if this process dies."""
    command = [sys.executable, "-m", "stages.cli.run.preloading.preload_server", str(folder), group]
    with open_log(f"preload-{group}") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
