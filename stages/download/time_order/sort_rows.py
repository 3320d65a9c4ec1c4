"""Rows in the order of their times, more than fit into memory.

Parts of the rows are sorted and written to files. A block of the result has a range of rows of each part, which is read
from its file.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stages.core.artefacts.raw.table_blocks import block_bounds, blocks_of_rows

Times = NDArray[np.int64]


def sort_rows(tables: Iterable[pa.Table], time: str, part_rows: int, scratch: Path) -> Iterator[pa.Table]:
    """Rows with equal times stay in the order in which they came. `part_rows` are in memory at once."""
    files = []
    for number, part in enumerate(blocks_of_rows(tables, part_rows)):
        files.append(scratch / f"sorted-{number}.arrow")
        _write_sorted(part, time, files[-1])
    parts = [_open(file) for file in files]
    times = [_times(part[time]) for part in parts]
    rows = sum(map(len, times))
    start = [0] * len(parts)
    for block in block_bounds(rows, part_rows):
        end = rows_before(times, block.stop)
        yield _sorted(
            pa.concat_tables([part.slice(a, b - a) for part, a, b in zip(parts, start, end, strict=True)]), time
        )
        start = end


def rows_before(times: Sequence[Times], rank: int) -> list[int]:
    """How many rows of each sorted part are among the first `rank` rows of all.

    >>> rows_before([np.array([1, 3, 3]), np.array([2, 3])], 4)
    [3, 1]
    """
    # The smallest time with at least `rank` rows up to it.
    low, high = min(int(part[0]) for part in times), max(int(part[-1]) for part in times)
    while low < high:
        middle = (low + high) // 2
        if sum(int(np.searchsorted(part, middle, "right")) for part in times) >= rank:
            high = middle
        else:
            low = middle + 1
    counts = [int(np.searchsorted(part, low, "left")) for part in times]
    missing = rank - sum(counts)
    # Of rows with this time, those of earlier parts come first.
    for number, part in enumerate(times):
        more = min(missing, int(np.searchsorted(part, low, "right")) - counts[number])
        counts[number] += more
        missing -= more
    return counts


def _sorted(table: pa.Table, time: str) -> pa.Table:
    return table.take(pa.array(np.argsort(_times(table[time]), kind="stable")))


def _times(column: pa.ChunkedArray) -> Times:
    """Those of one array stay where they are, which may be a file."""
    values = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    times: Times = values.view(pa.int64()).to_numpy(zero_copy_only=True)
    return times


def _write_sorted(part: pa.Table, time: str, file: Path) -> None:
    table = _sorted(part, time).combine_chunks()
    with pa.OSFile(str(file), "wb") as output, pa.ipc.new_file(output, table.schema) as writer:
        writer.write_table(table)


def _open(file: Path) -> pa.Table:
    """Its columns are pages of the file, which the operating system reads when they are needed."""
    return pa.ipc.open_file(pa.memory_map(str(file))).read_all()
