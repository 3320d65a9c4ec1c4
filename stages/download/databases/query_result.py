"""The result of a query as it arrives: names and types of the columns, and the rows in blocks."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from stages.core.errors import UserError
from stages.download.fetch.transfers.transfer import RetryableError, call_with_timeout

Result = TypeVar("Result")
ColumnType = Literal[
    "integer", "real", "numeric", "boolean", "text", "date", "timestamp", "timestamp with time zone", "unknown"
]
BLOCK_ROWS = 10_000
clock = time.monotonic


@dataclass(frozen=True)
class QueryResult:
    """`types` is None for a database whose columns have no types: then each value has its own."""

    names: Sequence[str]
    types: Sequence[ColumnType] | None
    blocks: Iterator[Sequence[Sequence[Any]]]


class Deadline:
    """The time in which the whole result must arrive."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._end = clock() + timeout_s

    @property
    def passed(self) -> bool:
        return clock() >= self._end

    def call(self, function: Callable[[], Result]) -> Result:
        """Call the function in a thread. Raises UserError if it has not returned in time."""
        try:
            return call_with_timeout(function, max(0.0, self._end - clock()))
        except RetryableError:
            raise self.error() from None

    def error(self) -> UserError:
        return UserError(f"no complete result within timeout_s: {self.timeout_s:g}; set a longer one, or select less")
