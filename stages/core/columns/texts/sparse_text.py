"""What multi-hot and tf-idf rows have in common: a column for each word, of which few are not 0."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows, distinct_ids
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.texts.text_column import NOT_IN_VOCABULARY, TextColumn


class SparseText(TextColumn):
    """The stored rows are the ascending numbers of the words of each text. Words that are not known are left out."""

    per_batch: ClassVar[bool] = True
    sparse: ClassVar[bool] = True

    def count_words(self, values: TableValues) -> tuple[RaggedRows, NDArray[np.int64]]:
        """Return the ascending numbers of the words of each text, and how often the text has each."""
        numbers = self.word_numbers(values)
        return distinct_ids(numbers.select(numbers.ids != NOT_IN_VOCABULARY), len(self.words))

    def to_batch(self, stored: Rows) -> NDArray[np.float32]:
        assert isinstance(stored, RaggedRows)
        return stored.to_dense(len(self.words))
