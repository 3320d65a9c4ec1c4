"""Divides the rows of an input that would need too much memory together."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from stages.inference.input_schema import InputSchema
from stages.inference.read.build_block import WrittenRows

# A model takes 256 rows at once, so that fewer in a block would take as long.
MIN_ROWS, MAX_ROWS = 256, 4096
MAX_BYTES = 1 << 26


def rows_in_block(bytes_of_row: int) -> int:
    """
    >>> rows_in_block(28 * 28), rows_in_block(150_528), rows_in_block(3_000_000)
    (4096, 256, 256)
    """
    fitting = MAX_BYTES // max(1, bytes_of_row) // MIN_ROWS * MIN_ROWS
    return min(max(fitting, MIN_ROWS), MAX_ROWS)


def split_rows(blocks: Iterable[WrittenRows], schema: InputSchema) -> Iterator[WrittenRows]:
    """The same rows, fewer at once if the schema has pictures."""
    sizes = [math.prod(column.shape) for column in schema.columns if column.shape is not None]
    for block in blocks:
        yield from _split(block, rows_in_block(sum(sizes))) if sizes else [block]


def _split(block: WrittenRows, rows: int) -> Iterator[WrittenRows]:
    count = len(block.numbers)
    first: float = 0
    for start in range(0, max(count, 1), rows):
        stop = start + rows
        last = block.numbers[stop - 1] if stop < count else math.inf
        yield WrittenRows(
            block.numbers[start:stop],
            {name: values[start:stop] for name, values in block.needed.items()},
            {name: values[start:stop] for name, values in block.carried.items()},
            [problem for problem in block.problems if first < problem.row <= last],
            {number: row for number, row in block.left_out.items() if first < number <= last},
            None if block.texts is None else partial(_texts_from, block.texts, start),
        )
        first = last


def _texts_from(texts: Callable[[int], Mapping[str, str]], start: int, position: int) -> Mapping[str, str]:
    return texts(start + position)
