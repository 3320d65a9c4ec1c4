"""Calls a function for each block of rows on the workers of Dask, which see the same files."""

from collections.abc import Callable, Generator, Iterable
from functools import cache
from typing import Any, TypeVar

from stages.core.bounded_memory.results_in_order import SubmittedCall, results_in_order
from stages.core.errors import UserError

Block = TypeVar("Block")
Result = TypeVar("Result")

# A worker has the next block when it is ready with one.
BLOCKS_OF_A_THREAD = 2
SECONDS_TO_CONNECT = 30
# What a person has set.
NAME = "block_workers in conf/local.yaml, or RESTAGE_BLOCK_WORKERS"


def map_on_workers(function: Callable[[Block], Result], blocks: Iterable[Block], address: str) -> Generator[Result]:
    """As `map_blocks`. Raises what the function raises."""
    client = _client(address)
    threads = sum(client.nthreads().values())
    if not threads:
        raise UserError(f"{NAME}: the scheduler {address} has no workers; start `dask worker {address}`")

    def submit(block: Block) -> SubmittedCall[Result]:
        # Not pure: a function that writes must run again when it is called again.
        call: SubmittedCall[Result] = client.submit(function, block, pure=False)
        return call

    return results_in_order(submit, blocks, BLOCKS_OF_A_THREAD * threads)


@cache
def _client(address: str) -> Any:
    """One connection for all calls of this process."""
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UserError(
            f"{NAME}: blocks run on workers of Dask, which is not installed; run `pip install 'restage[dask]'`"
        ) from None
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{NAME}: no scheduler of Dask answers at {address!r} ({error}); start `dask scheduler`, "
            "or remove the setting"
        ) from None
