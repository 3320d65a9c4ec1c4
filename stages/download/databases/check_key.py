"""Whether the key columns of the result of a query tell its rows from each other."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.errors import ErrorList, UserError, format_examples
from stages.download.formats.tables.typed_rows import TypedRows


def check_key(rows: TypedRows, key: Sequence[str], scratch: Path) -> None:
    """Raises UserError with the rows whose key an earlier row has."""
    errors = ErrorList()
    for name in key:
        errors.check(name in rows.columns, f"key names {name!r}, which is no column of the result")
    errors.raise_if_any()
    if not key:
        return
    repeated = repeated_rows(rows, key, scratch)
    if len(repeated):
        examples = format_examples(f"row {row + 1}" for row in repeated)
        raise UserError(
            f"key {', '.join(key)}: {len(repeated)} rows have the key of an earlier row: {examples}; add "
            "columns to key and to ORDER BY until no two rows are equal in them"
        )


def repeated_rows(rows: TypedRows, key: Sequence[str], scratch: Path) -> NDArray[np.int64]:
    """The numbers, from 0, of rows whose key an earlier row has. Only keys with the same hash are compared."""
    with scratch_folder(scratch) as arrays:
        hashes = arrays.array(rows.count, np.uint64)
        for start, frame in _keys(rows, key):
            hashes[start : start + len(frame)] = pd.util.hash_pandas_object(frame, index=False)
        ordered = arrays.array(rows.count, np.uint64)
        ordered[:] = hashes
        ordered.sort()
        repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if not len(repeated):
            return np.empty(0, np.int64)
        found = [
            frame.set_axis(range(start, start + len(frame)))[np.isin(hashes[start : start + len(frame)], repeated)]
            for start, frame in _keys(rows, key)
        ]
    same_hash = pd.concat(found)
    return np.asarray(same_hash.index[same_hash.duplicated()], np.int64)


def _keys(rows: TypedRows, key: Sequence[str]) -> Iterator[tuple[int, pd.DataFrame]]:
    """The number of the first row of each part, and the keys of its rows."""
    start = 0
    for table in rows.read():
        # A column of whole numbers with gaps is floats in every part, so that equal keys have equal hashes.
        frame = table.select(key).to_pandas()
        for name in key:
            if rows.columns[name].has_gaps and pd.api.types.is_integer_dtype(frame[name]):
                frame[name] = frame[name].astype("float64")
        yield start, frame
        start += len(frame)
