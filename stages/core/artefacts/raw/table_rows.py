"""Some raw rows of a table, by their numbers through all splits."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Table

if TYPE_CHECKING:
    import pandas as pd


def read_rows(table: Table, rows: Sequence[int] | NDArray[np.int64], columns: Sequence[str]) -> "pd.DataFrame":
    """These rows in their order. The blocks that have one of them are read, one at a time.

    >>> import pandas as pd
    >>> table = Table({"train": pd.DataFrame({"x": [5, 6]}), "test": pd.DataFrame({"x": [7]})})
    >>> read_rows(table, [2, 0], ["x"])["x"].tolist()
    [7, 5]
    """
    import pandas as pd

    parts = [*read_parts(table, rows, columns)]
    if not parts:
        return table.block(next(iter(table.frames)), 0, columns).iloc[:0]
    found = pd.concat([frame for _, frame in parts], ignore_index=True)
    return found.iloc[np.argsort(np.concatenate([places for places, _ in parts]))].reset_index(drop=True)


def read_parts(
    table: Table, rows: Sequence[int] | NDArray[np.int64], columns: Sequence[str]
) -> "Iterator[tuple[NDArray[np.int64], pd.DataFrame]]":
    """Those of these rows that are in the same block, and their places in `rows`."""
    numbers, found = np.asarray(rows, np.int64), 0
    for split, block, of_block in block_rows(table):
        places = np.flatnonzero((numbers >= of_block.start) & (numbers < of_block.stop))
        if len(places):
            yield places, table.take(split, block, numbers[places] - of_block.start, columns)
            found += len(places)
    if found < len(numbers):
        raise IndexError("a row past the end of the raw data")


def rows_at_once(table: Table) -> int:
    """The rows of the largest block."""
    return max(len(rows) for _, _, rows in block_rows(table))


def block_rows(table: Table) -> Iterator[tuple[str, int, range]]:
    """The split, the number and the raw rows of each block."""
    start = 0
    for split, size in table.sizes.items():
        bounds = table.block_bounds(split)
        yield from ((split, number, range(start + of.start, start + of.stop)) for number, of in enumerate(bounds))
        start += size
