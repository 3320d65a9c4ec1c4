"""Hides what C++ libraries print to stderr, whatever their log level."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hide_stderr() -> Iterator[None]:
    """Nothing reaches stderr during the block, of any thread of the process."""
    sys.stderr.flush()
    stderr, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(stderr, 2)
        os.close(stderr)
