"""Each side in its own process, asked for one round at a time; none outlives its time or the bench."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from time import perf_counter
from typing import IO, Any, NoReturn

import stages
from benchmarks.cases import SideName
from benchmarks.side_process import ASK
from stages.core.errors import UserError

HOME = Path(stages.__file__).parents[1]
PATIENCE = 900.0
LAST_WORDS = 2000


@dataclass(frozen=True)
class Side:
    """A conversation with `benchmarks.side_process`."""

    title: str
    process: subprocess.Popen[bytes]
    words: IO[bytes]
    patience: float

    def hear(self) -> dict[str, Any]:
        """The next thing it says."""
        assert self.process.stdout is not None
        alarm = Timer(self.patience, self.process.kill)
        alarm.start()
        line = self.process.stdout.readline()
        late = not alarm.is_alive()
        alarm.cancel()
        if not line:
            self._give_up(late)
        said: dict[str, Any] = json.loads(line)
        return said

    def round(self) -> float:
        """Seconds an epoch."""
        self._tell(ASK)
        return float(self.hear()["seconds"])

    def end(self) -> int:
        """How much memory it took at most."""
        self._tell("end")
        return int(self.hear()["peak"])

    def _tell(self, word: str) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # whoever listens next learns what became of it
            self.process.stdin.write(f"{word}\n".encode())

    def _give_up(self, late: bool) -> NoReturn:
        code = self.process.wait()
        self.words.seek(0)
        raise UserError(f"{self.title}: {_too_slow(self.patience) if late else _ended(code, self.words.read())}")


@contextmanager
def started(case: str, side: SideName, size: str, patience: float = PATIENCE) -> Iterator[Side]:
    command = _python("benchmarks.side_process", case, side, size, "rounds")
    with TemporaryFile() as words, _talking(command, words) as process:
        try:
            yield Side(f"{case}, {side}", process, words, patience)
        finally:
            process.kill()


def _talking(command: Sequence[str], words: IO[bytes]) -> subprocess.Popen[bytes]:
    """Unbuffered, so that nothing is left to be sent when the other side is gone."""
    return subprocess.Popen(command, cwd=HOME, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words)


def whole(case: str, side: SideName, size: str) -> float:
    """Seconds from the start of the process to its end."""
    began = perf_counter()
    run(f"{case}, {side}", "benchmarks.side_process", case, side, size, "whole")
    return perf_counter() - began


def run(title: str, module: str, *words: str) -> bytes:
    """What a process of ours printed."""
    try:
        done = subprocess.run(_python(module, *words), cwd=HOME, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise UserError(f"{title}: {_too_slow(PATIENCE)}") from None
    if done.returncode:
        raise UserError(f"{title}: {_ended(done.returncode, done.stderr)}")
    return done.stdout


def _python(module: str, *words: str) -> Sequence[str]:
    return [sys.executable, "-m", module, *words]


def _too_slow(seconds: float) -> str:
    return f"no answer within {seconds:.0f} seconds; close other programs, or see with --quick whether it works at all"


def _ended(code: int, words: bytes) -> str:
    """A negative code is a signal's: 9 is what a system sends that has run out of memory."""
    return f"ended with code {code}; its last words:\n{words[-LAST_WORDS:].decode(errors='replace')}".rstrip()
