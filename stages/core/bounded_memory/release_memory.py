"""Gives freed memory back to the operating system."""

import ctypes
import sys
from contextlib import suppress


def release_memory() -> None:
    """For between two steps that each read all blocks of a table.

    The allocators of Arrow and of the C library keep the memory that one step freed, and each thread has its own, so
    that a step could need new memory beside it. Without this function in the C library, only Arrow's is given back.
    """
    if arrow := sys.modules.get("pyarrow"):
        arrow.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
