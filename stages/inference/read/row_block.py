"""Some rows of an input: those that can be predicted, and what is wrong with the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows, concatenate_ragged
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.new_rows.raw_rows import RawRows, RawValues
from stages.inference.new_rows.row_problems import RowProblem


@dataclass(frozen=True)
class RowBlock:
    """The usable `rows`, and their `numbers` in the input, from 1.

    `carried` has the columns that the model does not need, as they were written: texts of a CSV file, values of JSON.
    `problems` are those of the rows that are left out. `left_out` has these rows as they were written, by number; in
    place of the values of private columns it has the word private.
    """

    rows: RawRows
    numbers: NDArray[np.int64]
    carried: Mapping[str, Sequence[Any]]
    problems: Sequence[RowProblem] = ()
    left_out: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


def concatenate_blocks(blocks: Iterable[RowBlock]) -> RowBlock:
    """All rows of an input as one block, as a series needs them. There must be a block at least."""
    parts = list(blocks)
    # A block without rows may lack columns that are carried along.
    with_rows = [part for part in parts if len(part)] or parts[:1]
    return RowBlock(
        concatenate_rows([part.rows for part in parts]),
        np.concatenate([part.numbers for part in parts]),
        {name: list(chain.from_iterable(part.carried[name] for part in with_rows)) for name in with_rows[0].carried},
        [problem for part in parts for problem in part.problems],
        {number: row for part in parts for number, row in part.left_out.items()},
    )


def concatenate_rows(parts: Sequence[RawRows]) -> RawRows:
    columns = {name: _concatenated([part.columns[name] for part in parts]) for name in parts[0].columns}
    return RawRows(columns, sum(map(len, parts)))


def _concatenated(values: Sequence[RawValues]) -> RawValues:
    """Truth values and numbers of blocks without gaps become those of blocks with gaps."""
    if len(values) == 1:
        return values[0]
    if all(isinstance(part, RaggedRows) for part in values):
        return concatenate_ragged([part for part in values if isinstance(part, RaggedRows)])
    if all(isinstance(part, PictureValues) for part in values):
        return _concatenated_pictures([part for part in values if isinstance(part, PictureValues)])
    arrays = [np.asarray(part) for part in values]
    if any(array.dtype == object for array in arrays):
        arrays = [array.astype(object) for array in arrays]
    found: NDArray[Any] = np.concatenate(arrays)
    return found


def _concatenated_pictures(values: Sequence[PictureValues]) -> PictureValues:
    starts = np.cumsum([0, *(len(part.pixels) for part in values[:-1])])
    numbers = [
        np.where(part.numbers < 0, part.numbers, part.numbers + start).astype(np.int32)
        for part, start in zip(values, starts, strict=True)
    ]
    return PictureValues(np.concatenate([part.pixels for part in values]), np.concatenate(numbers))
