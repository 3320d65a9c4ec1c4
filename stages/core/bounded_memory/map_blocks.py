"""Calls a function for each block of rows. Results come in the order of the blocks, wherever the calls run."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from stages.core.bounded_memory.results_in_order import results_in_order
from stages.core.dask_workers.stage_workers import stage_workers
from stages.core.runtime.usable_cores import usable_cores

Block = TypeVar("Block")
Result = TypeVar("Result")

# So many blocks are in memory at once. Libraries release Python's lock while they read, sort and calculate.
THREADS = 2


def map_blocks(function: Callable[[Block], Result], blocks: Iterable[Block]) -> Generator[Result]:
    """The caller merges the results one by one; no more than a few are in memory at once.

    Blocks are given to threads of this process, or to the workers of RESTAGE_STAGE_WORKERS. For these, the function is
    one of a module, or a `partial` of one.
    """
    if address := stage_workers():
        # Only when asked for: Dask is an extra.
        from stages.core.dask_workers.call_on_workers import map_on_workers

        yield from map_on_workers(function, blocks, address)
        return
    with ThreadPoolExecutor(min(THREADS, usable_cores())) as pool:
        yield from results_in_order(lambda block: pool.submit(function, block), blocks, THREADS)
