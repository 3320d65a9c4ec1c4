"""Texts, stored as the token ids that occur in them and expanded to multi-hot rows in each batch."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows, distinct_ids
from stages.core.columns.column_kind import ColumnKind

# What every text begins with, if the source does not say another number.
FIRST_WORD_NUMBER = 1


class TokenIds(ColumnKind):
    """Values are the token ids of each text. Ids from `vocabulary_size` on become `unknown_id`, or are left out."""

    per_batch: ClassVar[bool] = True
    sparse: ClassVar[bool] = True

    kind: Literal["tokens"] = "tokens"
    vocabulary_size: int
    unknown_id: int | None = None

    def transform(self, values: RaggedRows) -> RaggedRows:
        """Return the sorted ids of each row, each once."""
        known = values.ids.astype(np.int64) < self.vocabulary_size
        if self.unknown_id is None:
            rows = values.select(known)
        else:
            rows = RaggedRows(np.where(known, values.ids, self.unknown_id), values.offsets)
        return distinct_ids(rows, self.vocabulary_size)[0]

    def to_batch(self, stored: Rows) -> NDArray[np.float32]:
        assert isinstance(stored, RaggedRows)
        return stored.to_dense(self.vocabulary_size)
