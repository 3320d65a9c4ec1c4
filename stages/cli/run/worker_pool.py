"""Who runs what: chains are given to processes, long ones first, and their fortunes are heard and told."""

import json
import os
import selectors
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from stages.cli.run.plan import Chain

GIVE_UP = 30
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK = 0.5


class View(Protocol):
    """Someone who watches."""

    def began(self, chain: Chain, stage: str) -> None: ...
    def ended(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None: ...
    def failed(self, stage: str, how: str) -> None: ...
    def over(self, chain: Chain, whole: bool) -> None: ...
    def tick(self) -> None: ...


Work = Callable[[Chain, int], int]


@dataclass
class Hand:
    """A process with a chain, and what it has said."""

    chain: Chain
    process: int
    ear: int
    places: int
    stage: str
    said: bytes = b""

    def hear(self) -> list[list[object]]:
        """What is new; the end of the pipe is told as an empty list."""
        heard = os.read(self.ear, 65536)
        if not heard:
            return [[]]
        *lines, self.said = (self.said + heard).split(b"\n")
        return [json.loads(line) for line in lines]


@dataclass
class Crew:
    """Runs chains in so many places at once; one with several threads takes several."""

    places: int
    threads: Callable[[Chain], int]
    work: Work
    view: View
    fail_fast: bool = False
    failed: list[str] = field(default_factory=list)
    ran: dict[str, float] = field(default_factory=dict)
    stopped: int | None = None

    def __post_init__(self) -> None:
        self.hands: dict[int, Hand] = {}
        self.events = selectors.DefaultSelector()
        self.signals: tuple[int, ...] = ()

    def run(self, chains: Sequence[Chain]) -> bool:
        """In the order given; whether all of them came to their end."""
        waiting = deque(chains)
        while waiting or self.hands:
            while waiting and not self._stopping() and self._room_for(waiting[0]):
                self._begin(waiting.popleft())
            if not self.hands:
                break
            self._listen()
        return not waiting and not self.failed and self.stopped is None

    def _stopping(self) -> bool:
        return self.stopped is not None or (self.fail_fast and bool(self.failed))

    def _room_for(self, chain: Chain) -> bool:
        free = self.places - sum(hand.places for hand in self.hands.values())
        return free >= self._places(chain)

    def _places(self, chain: Chain) -> int:
        return min(self.threads(chain), self.places)

    def _begin(self, chain: Chain) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        ear, mouth = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        process = os.fork()
        if process == 0:
            self._become(chain, ear, mouth)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        os.close(mouth)
        self.hands[ear] = Hand(chain, process, ear, self._places(chain), chain.names[0])
        self.events.register(ear, selectors.EVENT_READ)

    def _become(self, chain: Chain, ear: int, mouth: int) -> NoReturn:
        """The new process keeps nothing of the crew's: a pipe's end held here would hide that the other is gone."""
        code = 1
        try:
            os.setpgid(0, 0)
            _as_in_any_process()
            self.events.close()
            for other in (*self.hands, *self.signals, ear):
                os.close(other)
            code = self.work(chain, mouth)
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _listen(self) -> None:
        for key, _ in self.events.select(TICK):
            if key.fd in self.hands:
                for words in self.hands[key.fd].hear():
                    self._understand(self.hands[key.fd], words)
            else:
                self._obey(os.read(key.fd, 1)[0])
        self.view.tick()

    def _understand(self, hand: Hand, words: list[object]) -> None:
        match words:
            case ["began", str(stage)]:
                hand.stage = stage
                self.view.began(hand.chain, stage)
            case ["ended", str(stage), bool(ran), float(seconds)]:
                if ran:
                    self.ran[stage] = seconds
                self.view.ended(hand.chain, stage, seconds, ran)
            case []:
                self._end(hand)

    def _end(self, hand: Hand) -> None:
        """What we ended ourselves did not fail."""
        self.events.unregister(hand.ear)
        os.close(hand.ear)
        del self.hands[hand.ear]
        _, status = os.waitpid(hand.process, 0)
        code = os.waitstatus_to_exitcode(status)
        self.view.over(hand.chain, code == 0)
        if code != 0 and not self._stopping():
            self.failed.append(hand.stage)
            self.view.failed(hand.stage, f" (signal {-code})" if code < 0 else "")
            if self.fail_fast:
                self._stop_all()

    def _obey(self, number: int) -> None:
        """Asked a second time, a chain's process waits for nothing; after GIVE_UP seconds nor do we."""
        if number == signal.SIGALRM:
            for hand in self.hands.values():
                os.killpg(hand.process, signal.SIGKILL)
        elif number in STOPS:
            self.stopped = number
            self._stop_all()

    def _stop_all(self) -> None:
        signal.alarm(GIVE_UP)
        for hand in self.hands.values():
            os.kill(hand.process, signal.SIGTERM)

    @contextmanager
    def hearing_signals(self) -> Iterator[None]:
        """They are heard where all else is, between two things and never in the middle of one."""
        self.signals = ear, mouth = os.pipe()
        os.set_blocking(mouth, False)
        earlier = {number: signal.signal(number, _heard) for number in (*STOPS, signal.SIGALRM)}
        wakeup = signal.set_wakeup_fd(mouth)
        self.events.register(ear, selectors.EVENT_READ)
        try:
            yield
        finally:
            signal.alarm(0)
            self.events.unregister(ear)
            signal.set_wakeup_fd(wakeup)
            for number, handler in earlier.items():
                signal.signal(number, handler)
            os.close(ear)
            os.close(mouth)


def _as_in_any_process() -> None:
    """A stop that comes before the chain's own answer to it is in place must not be lost with the crew's."""
    signal.set_wakeup_fd(-1)
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def _heard(*_: object) -> None:
    """The number reaches the loop through the pipe."""
