"""Whatever is thrown at a reader, it answers in words, soon, and within a bound of memory."""

import signal
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from stages.core.errors import UserError

SECONDS = 30
LONGEST = 2000


@contextmanager
def within(seconds: int = SECONDS) -> Iterator[None]:
    """A loop that never ends is interrupted, and fails the test with its place."""

    def late(*_: object) -> None:
        raise AssertionError(f"no answer within {seconds} s")

    earlier = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier)


@contextmanager
def told_in_words() -> Iterator[None]:
    """A mistake has something to say, and not a book."""
    try:
        yield
    except UserError as mistake:
        check_told(mistake.messages)


def check_told(errors: Sequence[str]) -> None:
    assert errors
    assert all(0 < len(fault) <= LONGEST for fault in errors), errors


def survives(most: int, read: Callable[..., object], *given: object) -> None:
    """Read, or refused as a person's mistake; any other exception is a fault of ours. Needs the fixture `traced`."""
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    with within(), told_in_words():
        read(*given)
    taken = tracemalloc.get_traced_memory()[1] - before
    assert taken <= most, f"{taken:,} bytes taken; the bound is {most:,}"
