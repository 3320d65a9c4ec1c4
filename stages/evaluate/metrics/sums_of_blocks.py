"""Sums over all rows, a block of rows at a time, so that no array with a row for each of many rows is made.

For rows of one block, a sum is the same bits as that of NumPy over all rows.
"""

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

from stages.core.artefacts.processed import sample_blocks


def sum_of_blocks(rows: int, of_block: Callable[[slice], Any]) -> Any:
    """The sum of what `of_block` gives for each block of so many rows.

    >>> sum_of_blocks(3, lambda block: sum([5, 6, 7, 8][block]))
    18
    """
    return reduce(add, map(of_block, sample_blocks(rows)))
