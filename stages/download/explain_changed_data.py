"""Tells a user whose data changed which command accepts them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from stages.core.errors import UserError

# How the messages begin about content whose hash or size is not the one in conf.
MISMATCH = re.compile(r"(?:^|[:\s])(?:wrong content|wrong size|too long|ends too early): expected (?!at most)")


@contextmanager
def explain_changed_data(key: str) -> Iterator[None]:
    """Add the command to a UserError about other content than conf pins."""
    try:
        yield
    except UserError as error:
        if not any(MISMATCH.search(message) for message in error.messages):
            raise
        command = f"`restage refresh {key}` shows what changed, and pins the new data in conf/ if you accept them"
        raise UserError(*error.messages, command) from None
