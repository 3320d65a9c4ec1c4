"""The signals that stop a command."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The exit code of a command that a signal stopped.
INTERRUPTED = 130


@contextmanager
def handling_stop_signals(handle: Callable[[int], object]) -> Iterator[None]:
    """Call `handle` with the number of each stop signal that arrives during the block."""
    earlier = {number: signal.signal(number, lambda received, _: handle(received)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
