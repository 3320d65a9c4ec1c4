"""What a process of a worker answers to a call."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class CallAnswer(Generic[Result]):
    """The result, as the only item; or the messages of a UserError, or the traceback of another error."""

    result: tuple[Result] | None = None
    messages: tuple[str, ...] = ()
    failure: str | None = None
