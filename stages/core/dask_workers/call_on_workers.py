"""Calls functions on the workers of Dask that see the files of the clone.

A worker calls a function in a process of its own, which is prepared as that of a stage: with the code of the clone, in
its folder, with the same pinned settings. Functions, arguments and results pass through the scheduler, so they name
files in place of what is in them.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic, TypeVar

from stages.core.bounded_memory.results_in_order import results_in_order
from stages.core.dask_workers.call_answer import CallAnswer
from stages.core.dask_workers.fitting_workers import FittingWorkers, connected_workers
from stages.core.dask_workers.stage_workers import NAME
from stages.core.errors import UserError

Argument = TypeVar("Argument")
Result = TypeVar("Result")

# A worker has the next block when it is ready with one.
BLOCKS_OF_A_THREAD = 2
# A process that was killed may have had too little memory; another worker may have enough.
ATTEMPTS = 2


def map_on_workers(
    function: Callable[[Argument], Result], blocks: Iterable[Argument], address: str
) -> Generator[Result]:
    """As `map_blocks`. Raises what the function raises."""
    workers = connected_workers(address)

    def submit(block: Argument) -> CallOnWorkers[Result]:
        return CallOnWorkers(workers, partial(function, block))

    return results_in_order(submit, blocks, BLOCKS_OF_A_THREAD * workers.threads)


@contextmanager
def calls_on_workers(
    functions: Sequence[Callable[[], Result]], address: str, threads: int = 1, process: str = ""
) -> Iterator[Iterator[Result]]:
    """Start to call the functions, and yield an iterator of their results, in order. The calls end with the block.

    Each uses so many threads. Only those with the same `process` may run in the same process, one after another.
    """
    workers = connected_workers(address)
    calls = [CallOnWorkers(workers, function, threads, process) for function in functions]
    try:
        yield (call.result() for call in calls)
    finally:
        for call in calls:
            call.cancel()


class CallOnWorkers(Generic[Result]):
    """A function that a worker is calling."""

    def __init__(
        self, workers: FittingWorkers, function: Callable[[], Result], threads: int = 1, process: str = ""
    ) -> None:
        from distributed.protocol import serialize_bytes

        self._workers = workers
        self._send = workers.submit(serialize_bytes(function), threads, process)
        self._future = self._send()

    def result(self) -> Result:
        """What the function returns. Raises UserError also if no worker could finish the call."""
        attempt = 1
        while True:
            answer = self._answer()
            if answer["refused"]:
                self._workers.refuse({answer["worker"]: answer["refused"]})
            elif "content" in answer:
                return self._result(answer["content"])
            elif attempt == ATTEMPTS:
                raise UserError(f"its process on the worker {answer['worker']} was {answer['ended']}")
            else:
                attempt += 1
            self._future = self._send()

    def cancel(self) -> None:
        self._future.cancel()

    def _answer(self) -> dict[str, Any]:
        from distributed import KilledWorker

        try:
            answer: dict[str, Any] = self._future.result()
        except KilledWorker:
            raise UserError(
                "the workers that ran it died one after another; it may need more memory than they have"
            ) from None
        except (CancelledError, OSError) as error:
            reason = type(error).__name__
            raise UserError(
                f"{NAME}: the scheduler of Dask does not answer any more ({reason}); start it, and run this again"
            ) from None
        return answer

    def _result(self, content: bytes) -> Result:
        from distributed.protocol import deserialize_bytes

        answer: CallAnswer[Result] = deserialize_bytes(content)
        if answer.messages:
            raise UserError(*answer.messages)
        if answer.failure is not None:
            raise RuntimeError(f"a worker failed:\n{answer.failure}")
        assert answer.result is not None
        return answer.result[0]
