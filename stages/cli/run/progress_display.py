"""What someone sees who waits: on a terminal the chains that run and the time left, in a log a line for each stage."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TextIO

from stages.cli.run.chain_worker import output_of
from stages.cli.run.plan import Chain

CLEAR = "\x1b[0J"
NAME = 20


def clock(seconds: float) -> str:
    """
    >>> clock(4.6), clock(75), clock(3700)
    ('0:05', '1:15', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@dataclass
class Doing:
    chain: Chain
    stage: str
    since: float


class Lines:
    """For a log: what ended, as it ends."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self.out = out

    def began(self, chain: Chain, stage: str) -> None:
        """Said when it is over."""

    def ended(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None:
        if ran:
            self.say(f"{stage}: {seconds:.1f} s ({chain.names.index(stage) + 1} of {len(chain.names)})")

    def failed(self, stage: str, how: str) -> None:
        self.say(f"{stage}: failed{how}; all it said:\n{said(stage)}")

    def over(self, chain: Chain, whole: bool) -> None:
        """Its stages were said."""

    def tick(self) -> None:
        """A log does not move."""

    def say(self, text: str) -> None:
        print(text, file=self.out, flush=True)


class Live(Lines):
    """For a terminal: what is over stays above, the chains that run are redrawn below."""

    def __init__(
        self, chains: Sequence[Chain], known: Mapping[str, float], places: int, out: TextIO = sys.stdout
    ) -> None:
        super().__init__(out)
        self.known = known
        self.places = places
        self.total = len(chains)
        self.left = {name for chain in chains for name in chain.due}
        self.doing: dict[str, Doing] = {}
        self.took: dict[str, float] = {}
        self.done = 0
        self.start = monotonic()
        self.height = 0

    def began(self, chain: Chain, stage: str) -> None:
        self.doing[chain.name] = Doing(chain, stage, monotonic())
        self.tick()

    def ended(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None:
        self.left.discard(stage)
        if ran:
            self.took[chain.name] = self.took.get(chain.name, 0.0) + seconds

    def over(self, chain: Chain, whole: bool) -> None:
        self.left -= set(chain.names)
        self.doing.pop(chain.name, None)
        self.done += whole
        if whole:
            self.say(f"{chain.name:<{NAME}} {clock(self.took.get(chain.name, 0.0))}")
        self.tick()

    def tick(self) -> None:
        """Lines are cut to the terminal's width: one that wraps would be two."""
        width, height = shutil.get_terminal_size()
        lines = [line[: width - 1] for line in [*self._running(), self._summary()][-(height - 1) :]]
        self._draw("".join(f"{line}\n" for line in lines), len(lines))

    def say(self, text: str) -> None:
        self._draw(text if text.endswith("\n") else f"{text}\n", 0)

    def _draw(self, text: str, height: int) -> None:
        back = f"\x1b[{self.height}F" if self.height else ""
        self.out.write(f"{back}{CLEAR}{text}")
        self.out.flush()
        self.height = height

    def _running(self) -> list[str]:
        return [self._line(doing) for doing in self.doing.values()]

    def _line(self, doing: Doing) -> str:
        names = doing.chain.names
        stage = doing.stage.partition("@")[0]
        passed = clock(monotonic() - doing.since)
        return f"{doing.chain.name:<{NAME}} {stage:<11} {names.index(doing.stage) + 1}/{len(names)}  {passed}"

    def _summary(self) -> str:
        left = self._time_left()
        about = f", about {clock(left)} left" if left is not None else ""
        return f"{self.done} of {self.total} done, {clock(monotonic() - self.start)}{about}"

    def _time_left(self) -> float | None:
        """Known when all that is left has run before; never less than the longest of the chains that run."""
        if not self.left <= self.known.keys():
            return None
        spent = {d.stage: monotonic() - d.since for d in self.doing.values()}
        remaining = {name: max(0.0, self.known[name] - spent.get(name, 0.0)) for name in self.left}
        longest = max((sum(remaining.get(n, 0.0) for n in d.chain.names) for d in self.doing.values()), default=0.0)
        return max(longest, sum(remaining.values()) / self.places)


def said(stage: str) -> str:
    file = output_of(stage)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
