"""What is looked for in all lines of a table, a block of lines at a time, so that memory does not grow with them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINES_AT_ONCE = 1 << 18
# Gives the value of each line of a block.
BlockValues = Callable[[slice], NDArray[Any]]


def line_blocks(count: int) -> Iterator[slice]:
    """
    >>> [*line_blocks(LINES_AT_ONCE + 5)]
    [slice(0, 262144, None), slice(262144, 262149, None)]
    """
    return (slice(start, min(start + LINES_AT_ONCE, count)) for start in range(0, count, LINES_AT_ONCE))


def value_range(*arrays: NDArray[Any]) -> list[float]:
    """The lowest and the highest value of all arrays, without those that are missing; empty without values.

    >>> value_range(np.array([2.0, np.nan]), np.array([5.0])), value_range(np.array([]))
    ([2.0, 5.0], [])
    """
    ends = [
        float(end)
        for array in arrays
        for block in line_blocks(len(array))
        for end in (np.fmin.reduce(array[block]), np.fmax.reduce(array[block]))
    ]
    present = [end for end in ends if end == end]
    return [min(present), max(present)] if present else []


def is_ascending(array: NDArray[Any]) -> bool:
    """Whether each value is larger than the one before it.

    >>> is_ascending(np.array([1, 2, 5])), is_ascending(np.array([1, 1]))
    (True, False)
    """
    return all(
        bool((np.diff(array[max(0, block.start - 1) : block.stop]) > 0).all()) for block in line_blocks(len(array))
    )


def largest_lines(count: int, values: BlockValues, wanted: int, order: BlockValues | None = None) -> list[int]:
    """The lines with the largest values, from the largest on. Of equal values, those with the smallest `order` come
    first, which is the number of the line by default. A line whose value is -inf does not count.

    >>> array = np.array([1.0, 3.0, -np.inf, 3.0])
    >>> largest_lines(4, lambda block: array[block], 9)
    [1, 3, 0]
    """
    found, places, lines = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64)
    for block in line_blocks(count) if wanted else ():
        of_block = np.asarray(values(block), np.float64)
        lowest = found[-1] if len(found) == wanted else -np.inf
        chosen = np.flatnonzero((of_block >= lowest) & (of_block > -np.inf))
        numbers = chosen + block.start
        places = np.concatenate([places, numbers if order is None else np.asarray(order(block))[chosen]])
        found, lines = np.concatenate([found, of_block[chosen]]), np.concatenate([lines, numbers])
        kept = np.lexsort((places, -found))[:wanted]
        found, places, lines = found[kept], places[kept], lines[kept]
    return [int(line) for line in lines]


def smallest_lines(count: int, values: BlockValues, wanted: int) -> list[int]:
    """The lines with the smallest values, the smallest at the end. Of equal values, the last lines come last.

    They are the end of a stable sort of all lines from the largest value to the smallest.

    >>> array = np.array([1.0, 3.0, 1.0, 2.0])
    >>> smallest_lines(4, lambda block: array[block], 3)
    [3, 0, 2]
    """
    from_the_end = largest_lines(
        count, lambda block: -values(block), wanted, order=lambda block: -np.arange(block.start, block.stop)
    )
    return from_the_end[::-1]


def first_lines_of_classes(count: int, numbers: BlockValues, classes: int, wanted: int) -> list[list[int]]:
    """The first lines of each class. `numbers` gives the class of each line, or -1 for a line that does not count.

    >>> array = np.array([1, 0, 1, -1, 1])
    >>> first_lines_of_classes(5, lambda block: array[block], 3, 2)
    [[1], [0, 2], []]
    """
    found: list[list[int]] = [[] for _ in range(classes)]
    for block in line_blocks(count):
        missing = [number for number in range(classes) if len(found[number]) < wanted]
        if not missing:
            break
        of_block = numbers(block)
        order = np.argsort(of_block, kind="stable")
        starts = np.searchsorted(of_block, np.arange(classes + 1), sorter=order)
        for number in missing:
            first = order[starts[number] : starts[number + 1]][: wanted - len(found[number])]
            found[number] += [int(line) + block.start for line in first]
    return found


def count_lines(count: int, chosen: BlockValues) -> int:
    """In how many lines it is true."""
    return sum(int(np.count_nonzero(chosen(block))) for block in line_blocks(count))


def every(count: int, wanted: int) -> slice:
    """Evenly spaced lines, of which there are at most `wanted`.

    >>> [*range(7)][every(7, 3)]
    [0, 3, 6]
    """
    return slice(None, None, -(-count // wanted) or 1)
