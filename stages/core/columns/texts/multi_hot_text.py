"""Texts as rows with a 1 for each word that the text has."""

from typing import Literal

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.texts.sparse_text import SparseText


class MultiHotText(SparseText):
    kind: Literal["multi_hot_text"] = "multi_hot_text"

    def transform(self, values: TableValues) -> RaggedRows:
        rows, _ = self.count_words(values)
        return rows
