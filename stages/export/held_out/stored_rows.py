"""Rows of the stored raw data, as new rows would be."""

from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens, split_sizes
from stages.inference.new_rows.raw_rows import RawRows, RawValues
from stages.inference.new_rows.values_of_raw_rows import table_values


def stored_rows(raw: RawData, columns: Sequence[str], rows: NDArray[np.int64]) -> RawRows:
    """`rows` are numbers through all splits of the raw data; all are in one of these splits."""
    split, of_split = _split_of(raw, int(rows[0]))
    numbers = rows - of_split.start
    values: Mapping[str, RawValues]
    match raw:
        case Table():
            values = table_values(raw, columns, rows)
        case Images():
            images = np.asarray(raw.images[split][numbers])
            # Images without channels get one, as in preprocess.
            values = dict.fromkeys(columns, images[..., None] if images.ndim == 3 else images)
        case Tokens():
            starts = raw.offsets[split]
            texts = [np.asarray(raw.ids[split][starts[row] : starts[row + 1]]) for row in numbers.tolist()]
            offsets = np.cumsum([0, *map(len, texts)])
            values = {name: RaggedRows(np.concatenate(texts), offsets) for name in columns}
        case _:
            assert_never(raw)
    return RawRows(values, len(rows))


def rows_of_raw_split(raw: RawData, row: int) -> range:
    """The numbers of all rows of the raw split that has this row."""
    return _split_of(raw, row)[1]


def _split_of(raw: RawData, row: int) -> tuple[str, range]:
    first = 0
    for split, size in split_sizes(raw).items():
        if row < first + size:
            return split, range(first, first + size)
        first += size
    raise IndexError("a row past the end of the raw data")
