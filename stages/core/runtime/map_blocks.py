"""Calls a function for each block of rows. Results come in the order of the blocks, wherever the calls run."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Block = TypeVar("Block")
Result = TypeVar("Result")


def map_blocks(function: Callable[[Block], Result], blocks: Iterable[Block]) -> Iterator[Result]:
    """The caller merges the results one by one; no more than a few are in memory at once."""
    return map(function, blocks)
