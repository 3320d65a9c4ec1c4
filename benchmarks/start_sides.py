"""Runs each side in a process of its own, one round at a time. No process outlives its time limit or the benchmark."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from time import perf_counter
from typing import IO, Any

import stages
from benchmarks.cases import SideName, Size
from benchmarks.sides.run_side import END_REQUEST, ROUND_REQUEST
from stages.core.errors import UserError

REPOSITORY = Path(stages.__file__).parents[1]
TIME_LIMIT = 900.0
SHOWN_STDERR_BYTES = 2000


@dataclass(frozen=True)
class SideProcess:
    """A running `benchmarks.sides.run_side`, or a module with the same requests.

    Its methods raise UserError if it ends or does not answer in time.
    """

    title: str
    process: subprocess.Popen[bytes]
    stderr: IO[bytes]
    time_limit: float

    def read_message(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        timer = Timer(self.time_limit, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timed_out = not timer.is_alive()
        timer.cancel()
        if not line:
            code = self.process.wait()
            self.stderr.seek(0)
            raise UserError(
                _no_answer(self.title, self.time_limit) if timed_out else _failed(self.title, code, self.stderr.read())
            )
        message: dict[str, Any] = json.loads(line)
        return message

    def run_round(self) -> float:
        """Return the seconds per epoch."""
        self._send(ROUND_REQUEST)
        return float(self.read_message()["seconds"])

    def finish(self) -> int:
        """End the process and return its peak memory in bytes."""
        self._send(END_REQUEST)
        return int(self.read_message()["peak"])

    def _send(self, request: str) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # read_message reports how the process ended
            self.process.stdin.write(f"{request}\n".encode())


@contextmanager
def start_side(case: str, side: SideName, size: Size, time_limit: float = TIME_LIMIT) -> Iterator[SideProcess]:
    arguments = case, side, size, "rounds"
    with start_process(f"{case}, {side}", "benchmarks.sides.run_side", *arguments, time_limit=time_limit) as process:
        yield process


@contextmanager
def start_process(title: str, module: str, *arguments: str, time_limit: float = TIME_LIMIT) -> Iterator[SideProcess]:
    """Run a module that answers requests on its standard input; `title` names it in errors."""
    command = _python_command(module, *arguments)
    # Unbuffered: otherwise closing stdin would try to send what is left to a process that has ended.
    with (
        TemporaryFile() as stderr,
        subprocess.Popen(
            command, cwd=REPOSITORY, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
        ) as process,
    ):
        try:
            yield SideProcess(title, process, stderr, time_limit)
        finally:
            process.kill()


def run_rounds(processes: Mapping[SideName, SideProcess], rounds: int) -> dict[SideName, list[float]]:
    """Run the sides in alternation and return the seconds per epoch of each round."""
    turns = [{side: process.run_round() for side, process in processes.items()} for _ in range(rounds)]
    return {side: [turn[side] for turn in turns] for side in processes}


def time_whole_run(case: str, side: SideName, size: Size) -> float:
    """Return the seconds from the start of the process to its end."""
    start = perf_counter()
    run_module(f"{case}, {side}", "benchmarks.sides.run_side", case, side, size, "whole")
    return perf_counter() - start


def run_module(title: str, module: str, *arguments: str, time_limit: float = TIME_LIMIT) -> bytes:
    """Run a module in a process of its own and return what it prints; `title` names it in errors."""
    command = _python_command(module, *arguments)
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, timeout=time_limit, check=False)
    except subprocess.TimeoutExpired:
        raise UserError(_no_answer(title, time_limit)) from None
    if done.returncode:
        raise UserError(_failed(title, done.returncode, done.stderr))
    return done.stdout


def _python_command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _no_answer(title: str, seconds: float) -> str:
    return f"{title}: no answer within {seconds:.0f} seconds; close other programs, or check with --quick that it works"


def _failed(title: str, code: int, stderr: bytes) -> str:
    """A negative code is the number of a signal; the system sends 9 when memory runs out."""
    return f"{title}: ended with code {code}; the end of its output:\n{_end_of(stderr)}".rstrip()


def _end_of(stderr: bytes) -> str:
    return stderr[-SHOWN_STDERR_BYTES:].decode(errors="replace")
