"""What transfers from all kinds of addresses share: limits of time and size, and the writing of what arrives."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import BinaryIO, TypeVar

from tqdm import tqdm

from stages.core.errors import UserError
from stages.download.formats.read_untrusted_files import LARGER_FILES

Result = TypeVar("Result")
CHUNK = 1 << 18
clock = time.monotonic


class RetryableError(Exception):
    """Another attempt may succeed. Errors for which it cannot are UserErrors."""


@dataclass(frozen=True)
class TransferLimits:
    """`timeout` is in seconds, `minimum_rate` in bytes per second, `size` the exact size if it is known."""

    timeout: float
    minimum_rate: int
    retries: int
    size: int | None
    max_bytes: int

    @property
    def expected_bytes(self) -> str:
        return f"at most {self.max_bytes:,} bytes" if self.size is None else f"{self.size:,} bytes"


def call_with_timeout(function: Callable[[], Result], timeout: float) -> Result:
    """Call the function in a thread. Raises a RetryableError if it has not returned after `timeout` seconds.

    The timeout of a socket would not do: it starts again with every byte, so that a server that sends byte by byte
    never reaches it.
    """
    future: Future[Result] = Future()

    def call() -> None:
        try:
            future.set_result(function())
        except Exception as error:  # noqa: BLE001 - raised again in the calling thread
            future.set_exception(error)

    Thread(target=call, daemon=True).start()
    wait([future], timeout)
    if not future.done():
        raise RetryableError(f"no answer within {timeout:g} s")
    return future.result()


def write_chunks(chunks: Iterator[bytes], output: BinaryIO, limits: TransferLimits, start: int) -> None:
    """Write the chunks after byte `start` of the file, with a progress bar in a terminal."""
    max_bytes = limits.max_bytes if limits.size is None else limits.size
    start_time, received = clock(), 0
    hidden = not sys.stderr.isatty()
    with tqdm(total=limits.size, initial=start, unit="B", unit_scale=True, leave=False, disable=hidden) as bar:
        for chunk in chunks:
            output.write(chunk)
            received += len(chunk)
            bar.update(len(chunk))
            if start + received > max_bytes:
                output.truncate(0)
                advice = LARGER_FILES if limits.size is None else ""
                raise UserError(f"too long: expected {limits.expected_bytes}, received more{advice}")
            seconds = clock() - start_time
            if seconds > limits.timeout and received < limits.minimum_rate * seconds:
                total = "" if limits.size is None else f" and {limits.size:,} in all"
                raise UserError(
                    f"too slow: expected {limits.minimum_rate:,} bytes a second{total}, received {received:,} in "
                    f"{seconds:.0f} s; the next run continues at byte {start + received:,}"
                )


def check_length(target: Path, limits: TransferLimits) -> None:
    received = target.stat().st_size
    if received == 0 and limits.size != 0:
        raise UserError(f"an empty answer: expected {limits.expected_bytes}, received 0")
    if limits.size is not None and received < limits.size:
        raise RetryableError(f"ends too early: expected {limits.size:,} bytes, received {received:,}")
