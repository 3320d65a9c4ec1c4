"""What a command takes: elapsed and processor seconds, and the peak of the anonymous memory of all its processes."""

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import NamedTuple

import psutil

from stages.core.errors import UserError

SAMPLE_SECONDS = 0.02


class Usage(NamedTuple):
    """`peak_bytes` is what the processes hold at once, without pages of files, which can be read again at any time."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


def measure_process(command: Sequence[str], folder: Path, environment: Mapping[str, str] = os.environ) -> Usage:
    """Raises UserError if the command fails. Peaks shorter than the time between two samples are not seen."""
    before, start = _processor_seconds(), perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    ended, peaks = Event(), [0]
    sampler = Thread(target=_sample, args=(process.pid, ended, peaks))
    sampler.start()
    output, _ = process.communicate()
    ended.set()
    sampler.join()
    if process.returncode:
        raise UserError(f"{' '.join(command)}: exit code {process.returncode}\n{output}")
    return Usage(perf_counter() - start, _processor_seconds() - before, max(peaks))


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _sample(process: int, ended: Event, peaks: list[int]) -> None:
    while not ended.wait(SAMPLE_SECONDS):
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(process)
            peaks[0] = max(peaks[0], sum(map(anonymous_bytes, [root, *root.children(recursive=True)])))


def anonymous_bytes(process: psutil.Process) -> int:
    """The memory of a process that belongs to no file; 0 if it has ended.

    >>> anonymous_bytes(psutil.Process()) > 1_000_000
    True
    """
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
