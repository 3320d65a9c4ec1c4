"""The values of training rows in blocks, so that a column is fitted on more rows than fit into memory."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

Result = TypeVar("Result")


class ValueBlocks(ABC):
    """What a kind of column takes, for the rows of each block, in their order."""

    @property
    @abstractmethod
    def count(self) -> int:
        """The number of blocks."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """The number of rows of all blocks."""

    @abstractmethod
    def map_from(self, function: Callable[[int, Any], Result]) -> Iterator[Result]:
        """As `map`; the function also takes the number of rows before the block."""

    def map(self, function: Callable[[Any], Result]) -> Iterator[Result]:
        """Call a function of a module, or a `partial` of one, with the values of each block. Reads the values again."""
        return self.map_from(partial(_without_start, function))

    @abstractmethod
    def then(self, function: Callable[[Any], Any], lookback: int = 0) -> "ValueBlocks":
        """The blocks with what a function returns for the values of each.

        A function that needs `lookback` earlier rows for each row gets them too, and returns nothing for them.
        """


@dataclass(frozen=True)
class OneBlock(ValueBlocks):
    """Values in memory."""

    values: Any
    functions: tuple[Callable[[Any], Any], ...] = ()

    @property
    def count(self) -> int:
        return 1

    @property
    def rows(self) -> int:
        return len(self.values)

    def map_from(self, function: Callable[[int, Any], Result]) -> Iterator[Result]:
        values = self.values
        for earlier in self.functions:
            values = earlier(values)
        yield function(0, values)

    def then(self, function: Callable[[Any], Any], lookback: int = 0) -> "OneBlock":  # noqa: ARG002
        return OneBlock(self.values, (*self.functions, function))


def _without_start(function: Callable[[Any], Result], _start: int, values: Any) -> Result:
    return function(values)


def as_blocks(values: Any) -> ValueBlocks:
    """Values in memory are one block.

    >>> list(as_blocks([1, 2]).then(sum).map(str)), list(as_blocks(OneBlock([3])).map(sum))
    (['3'], [3])
    """
    return values if isinstance(values, ValueBlocks) else OneBlock(values)
