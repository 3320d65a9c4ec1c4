"""What `restage run` shows: a line for each stage in a log; running chains and the remaining time on a terminal."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import NamedTuple, TextIO

from stages.cli.run.last_run.stage_log import read_log
from stages.cli.run.plan import Chain

CLEAR_TO_END = "\x1b[0J"
LINES_UP = "\x1b[{}F"
NAME_WIDTH = 20


def format_duration(seconds: float) -> str:
    """
    >>> format_duration(4.6), format_duration(75), format_duration(3700)
    ('0:05', '1:15', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class LogDisplay:
    """For a log: a line for each stage that ran, when it has finished."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self.out = out

    def expect(self, chains: Sequence[Chain]) -> None:
        """These chains will run."""

    def chain_waiting(self, chain: Chain, reason: str) -> None:
        self.print(f"{chain.name} waits: {reason}")

    def stage_started(self, chain: Chain, stage: str) -> None:
        pass

    def stage_finished(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None:
        if ran:
            number, count = chain.stages.index(stage) + 1, len(chain.stages)
            self.print(f"{stage}: {seconds:.1f} s ({number} of {count})")

    def stage_failed(self, stage: str, reason: str, message: str) -> None:
        self.print(f"{stage}: failed{reason}; its output:\n{read_log(stage)}{message}")

    def chain_ended(self, chain: Chain, finished: bool) -> None:
        pass

    def redraw(self) -> None:
        pass

    def print(self, text: str) -> None:
        print(text, file=self.out, flush=True)


class RunningStage(NamedTuple):
    chain: Chain
    stage: str
    start: float


class LiveDisplay(LogDisplay):
    """For a terminal: chains that ended stay above; below them the running chains and a summary are redrawn."""

    def __init__(self, durations: Mapping[str, float], slots: int, out: TextIO = sys.stdout) -> None:
        super().__init__(out)
        self.durations = durations
        self.slots = slots
        self.start = monotonic()
        self.expected = 0
        self.finished = 0
        self.stages_left: set[str] = set()
        self.running: dict[str, RunningStage] = {}  # by chain
        self.chain_seconds: dict[str, float] = {}
        self.drawn_lines = 0

    def expect(self, chains: Sequence[Chain]) -> None:
        self.expected += len(chains)
        self.stages_left |= {stage for chain in chains for stage in chain.stages_to_run}

    def stage_started(self, chain: Chain, stage: str) -> None:
        self.running[chain.name] = RunningStage(chain, stage, monotonic())

    def stage_finished(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None:
        self.stages_left.discard(stage)
        if ran:
            self.chain_seconds[chain.name] = self.chain_seconds.get(chain.name, 0.0) + seconds

    def chain_ended(self, chain: Chain, finished: bool) -> None:
        self.stages_left -= set(chain.stages)
        self.running.pop(chain.name, None)
        if finished:
            self.finished += 1
            self.print(f"{chain.name:<{NAME_WIDTH}} {format_duration(self.chain_seconds.get(chain.name, 0.0))}")

    def redraw(self) -> None:
        """Lines are cut to the terminal's width: a line that wraps would count as two."""
        width, height = shutil.get_terminal_size()
        lines = []
        for chain, stage, start in self.running.values():
            number = f"{chain.stages.index(stage) + 1}/{len(chain.stages)}"
            duration = format_duration(monotonic() - start)
            lines.append(f"{chain.name:<{NAME_WIDTH}} {stage.partition('@')[0]:<11} {number}  {duration}")
        left = self._seconds_left()
        about = f", about {format_duration(left)} left" if left is not None else ""
        lines.append(f"{self.finished} of {self.expected} done, {format_duration(monotonic() - self.start)}{about}")
        shown = lines[-(height - 1) :]
        self._replace("".join(f"{line[: width - 1]}\n" for line in shown), len(shown))

    def print(self, text: str) -> None:
        self._replace(text if text.endswith("\n") else f"{text}\n", 0)

    def _replace(self, text: str, line_count: int) -> None:
        """Write over the lines that were drawn; `line_count` of the new ones are written over the next time."""
        up = LINES_UP.format(self.drawn_lines) if self.drawn_lines else ""
        self.out.write(f"{up}{CLEAR_TO_END}{text}")
        self.out.flush()
        self.drawn_lines = line_count

    def _seconds_left(self) -> float | None:
        """An estimate; None if a remaining stage has no recorded duration.

        It is never less than the longest running chain needs.
        """
        if not self.stages_left <= self.durations.keys():
            return None
        left = {stage: self.durations[stage] for stage in self.stages_left}
        for _, stage, start in self.running.values():
            left[stage] = max(0.0, left.get(stage, 0.0) - (monotonic() - start))
        chains = (running.chain.stages for running in self.running.values())
        longest = max((sum(left.get(stage, 0.0) for stage in stages) for stages in chains), default=0.0)
        return max(longest, sum(left.values()) / self.slots)
