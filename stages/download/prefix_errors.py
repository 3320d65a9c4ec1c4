"""Errors of one file among several."""

from collections.abc import Iterator
from contextlib import contextmanager

from stages.core.errors import UserError


@contextmanager
def prefix_errors(name: str) -> Iterator[None]:
    """Put the name of the file before each message of a UserError raised in the block."""
    try:
        yield
    except UserError as error:
        raise UserError(*(f"{name}: {message}" for message in error.messages)) from None
