"""Submit calls so that a few run at once, and take their results in the order of the calls."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Protocol, TypeVar

Argument = TypeVar("Argument")
Result_co = TypeVar("Result_co", covariant=True)


class SubmittedCall(Protocol[Result_co]):
    def result(self) -> Result_co: ...

    def cancel(self) -> object: ...


def results_in_order(
    submit: Callable[[Argument], SubmittedCall[Result_co]], arguments: Iterable[Argument], at_once: int
) -> Generator[Result_co]:
    """At most `at_once` calls are submitted whose results were not taken. When the caller stops, they are cancelled."""
    submitted: deque[SubmittedCall[Result_co]] = deque()
    try:
        for argument in arguments:
            submitted.append(submit(argument))
            if len(submitted) == at_once:
                yield submitted.popleft().result()
        while submitted:
            yield submitted.popleft().result()
    finally:
        for call in submitted:
            call.cancel()
