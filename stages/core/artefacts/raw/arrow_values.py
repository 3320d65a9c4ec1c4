"""Values of Arrow as NumPy arrays.

Arrow's own functions import pandas, which takes as long as it takes to preprocess a million rows.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


def one_array(column: "pa.ChunkedArray") -> "pa.Array":
    """Without a copy if there is one chunk."""
    return column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()


def valid_rows(array: "pa.Array") -> NDArray[np.bool_]:
    """Which rows have a value."""
    if not array.null_count:
        return np.ones(len(array), np.bool_)
    return _bits(array.buffers()[0], array)


def truth_values(array: "pa.Array") -> NDArray[np.bool_]:
    """Where there is a gap, either value."""
    return _bits(array.buffers()[1], array)


def number_values(array: "pa.Array") -> NDArray[Any]:
    """Numbers with gaps are floats, and not a number there. May be a read-only view of Arrow's memory."""
    values = stored_numbers(array)
    if not array.null_count:
        return values
    floats = values if values.dtype.kind == "f" else values.astype(np.float64)
    return np.where(valid_rows(array), floats, floats.dtype.type(np.nan))


def stored_numbers(array: "pa.Array") -> NDArray[Any]:
    """Where there is a gap, any number."""
    return np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype(), len(array), array.offset * _width(array))


def _width(array: "pa.Array") -> int:
    return int(array.type.bit_width) // 8


def _bits(buffer: "pa.Buffer", array: "pa.Array") -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8), count=array.offset + len(array), bitorder="little")
    return bits[array.offset :].view(np.bool_)
