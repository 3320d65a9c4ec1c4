"""A reader must end, with any input, within bounds of time and memory, by its result or by a short UserError."""

import signal
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from stages.core.errors import UserError

MAX_SECONDS = 30
MAX_MESSAGE_LENGTH = 2000


def check_bounded(max_bytes: int, read: Callable[..., object], *args: object) -> None:
    """Call `read(*args)`. A UserError is allowed; any other exception is a bug. Needs the fixture `traced`."""
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    with time_limit():
        try:
            read(*args)
        except UserError as error:
            check_messages(error.messages)
    used = tracemalloc.get_traced_memory()[1] - before
    assert used <= max_bytes, f"{used:,} bytes used; the bound is {max_bytes:,}"


@contextmanager
def time_limit(seconds: int = MAX_SECONDS) -> Iterator[None]:
    """Interrupt the block after so much processor time, so that an endless loop fails the test with its traceback.

    On a machine with other work, the time of a clock says nothing.
    """

    def fail(*_: object) -> None:
        raise AssertionError(f"not finished within {seconds} s of processor time")

    previous = signal.signal(signal.SIGPROF, fail)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def check_messages(messages: Sequence[str]) -> None:
    assert messages
    assert all(0 < len(message) <= MAX_MESSAGE_LENGTH for message in messages), messages
