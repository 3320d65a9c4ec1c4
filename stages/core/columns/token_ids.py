"""Texts, stored as the token ids that occur in them and expanded to multi-hot rows in each batch."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.ragged_rows import RaggedRows, Rows, offsets_from_lengths
from stages.core.columns.column_kind import ColumnKind


class TokenIds(ColumnKind):
    """Values are the token ids of each text. Ids from `vocabulary_size` on become `unknown_id`, or are left out."""

    per_batch: ClassVar[bool] = True

    kind: Literal["tokens"] = "tokens"
    vocabulary_size: int
    unknown_id: int | None = None

    def transform(self, values: RaggedRows) -> RaggedRows:
        return unique_ids(values, self.vocabulary_size, self.unknown_id)

    def to_batch(self, stored: Rows) -> NDArray[np.float32]:
        assert isinstance(stored, RaggedRows)
        return stored.multi_hot(self.vocabulary_size)


def unique_ids(rows: RaggedRows, vocabulary_size: int, unknown_id: int | None) -> RaggedRows:
    """Return the sorted ids of each row, each once. Ids from `vocabulary_size` on become `unknown_id` or are left out.

    >>> found = unique_ids(RaggedRows(np.array([3, 9, 3, 8]), np.array([0, 3, 4])), vocabulary_size=5, unknown_id=2)
    >>> found.ids.tolist(), found.offsets.tolist()
    ([2, 3, 2], [0, 2, 3])
    """
    row_of_id = np.repeat(np.arange(len(rows)), np.diff(rows.offsets))
    ids = rows.ids.astype(np.int64)
    known = ids < vocabulary_size
    if unknown_id is None:
        row_of_id, ids = row_of_id[known], ids[known]
    else:
        ids = np.where(known, ids, unknown_id)
    # One number for each pair of row and id: np.unique sorts them faster than pairs.
    pairs = np.unique(row_of_id * vocabulary_size + ids)
    lengths = np.bincount(pairs // vocabulary_size, minlength=len(rows))
    smallest_type = np.min_scalar_type(vocabulary_size)
    return RaggedRows((pairs % vocabulary_size).astype(smallest_type), offsets_from_lengths(lengths))
