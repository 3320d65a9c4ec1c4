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
        """Return the sorted ids of each row, each once."""
        row_of_id = np.repeat(np.arange(len(values)), np.diff(values.offsets))
        ids = values.ids.astype(np.int64)
        known = ids < self.vocabulary_size
        if self.unknown_id is None:
            row_of_id, ids = row_of_id[known], ids[known]
        else:
            ids = np.where(known, ids, self.unknown_id)
        # One number for each pair of row and id: np.unique sorts them faster than pairs.
        pairs = np.unique(row_of_id * self.vocabulary_size + ids)
        lengths = np.bincount(pairs // self.vocabulary_size, minlength=len(values))
        smallest_type = np.min_scalar_type(self.vocabulary_size)
        return RaggedRows((pairs % self.vocabulary_size).astype(smallest_type), offsets_from_lengths(lengths))

    def to_batch(self, stored: Rows) -> NDArray[np.float32]:
        assert isinstance(stored, RaggedRows)
        return stored.multi_hot(self.vocabulary_size)
