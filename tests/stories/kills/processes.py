"""The processes of a run, by what they do."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

RUNNER, CHAIN, STAGE, ALL = "runner", "chain", "stage", "all"
STAGE_AND_RUNNER, GROUP = "stage and runner", "group"
END_TIMEOUT = 20.0
RUN_TIMEOUT = 600.0


@dataclass
class Runner:
    """`dvc` or `restage run`. `started` is the process itself, or the one that asked a fork server for it."""

    started: "subprocess.Popen[bytes]"
    process: int

    @classmethod
    def of(cls, started: "subprocess.Popen[bytes]", folder: Path, forked: bool) -> "Runner":
        """With `forked` it is waited for the fork: a process in the folder that is not below the one that asked."""
        while forked and started.poll() is None:
            below = {started.pid, *descendants(started.pid)}
            if found := [n for n in processes_in(folder) if n not in below and os.getpgid(n) == n]:
                return cls(started, min(found))
            time.sleep(0.02)
        return cls(started, started.pid)

    @property
    def is_running(self) -> bool:
        return self.started.poll() is None

    def wait(self) -> None:
        self.started.wait(RUN_TIMEOUT)


def processes_in(folder: Path) -> list[int]:
    """Those whose working folder is this one, but for the own one."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and process.name != str(os.getpid()):
            with suppress(OSError):
                if (process / "cwd").readlink() == folder:
                    found.append(int(process.name))
    return found


def descendants(process: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


def processor_seconds(runner: int) -> float:
    """Of a process and all below it, also of those that have ended."""
    ticks = 0
    for process in (runner, *descendants(runner)):
        with suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def command_line(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def victims(runner: int, kind: str) -> list[int]:
    """The processes to kill; empty if the run has no such process now.

    `restage run` forks a process for each chain, whose command line is its own; DVC runs stages in that process.
    """
    below = list(descendants(runner))
    own = command_line(runner)
    stages = [n for n in below if " -m stages." in (line := command_line(n)) and line != own]
    match kind:
        case "stage":
            return stages
        case "chain":
            return [n for n in below if command_line(n) == own]
        case "stage and runner":
            return [*stages, runner] if stages else []
        case "all":
            return [runner, *below]
        case "group":
            return [n for n in (runner, *below) if group_of(n) == runner]
        case _:
            return [runner]


def group_of(process: int) -> int:
    with suppress(ProcessLookupError):
        return os.getpgid(process)
    return 0


def send(processes: Iterable[int], number: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def stop_all(runner: int) -> None:
    """Until no new one appears."""
    stopped: set[int] = set()
    while new := {runner, *descendants(runner)} - stopped:
        send(new, signal.SIGSTOP)
        stopped |= new


def pin(runner: int, cpu: int) -> None:
    """What it starts afterwards inherits it."""
    for task in Path(f"/proc/{runner}/task").glob("*"):
        with suppress(OSError):
            os.sched_setaffinity(int(task.name), {cpu})


def continue_all(runner: int) -> None:
    send([runner, *descendants(runner)], signal.SIGCONT)


def remaining_in(folder: Path) -> list[str]:
    """The command lines of those that do not end within END_TIMEOUT."""
    until = time.monotonic() + END_TIMEOUT
    while (found := processes_in(folder)) and time.monotonic() < until:
        time.sleep(0.2)
    return [f"{n} {command_line(n)}" for n in found]
