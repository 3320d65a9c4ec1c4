"""Texts as sequences of word ids, which select rows of an embedding."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import Rows
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.texts.text_column import TextColumn

PADDING, UNKNOWN = 0, 1
# The id of the most frequent word.
FIRST_WORD = 2
DEFAULT_LENGTH = 200


class TextIds(TextColumn):
    """The stored rows are the ids of the first `length` words of each text, then padding.

    Padding is at the end: recurrent layers on a GPU skip it only there, and the first word has the first position.
    A text without words is one unknown word, so that every text has something to average.
    """

    padded: ClassVar[bool] = True

    kind: Literal["text_ids"] = "text_ids"

    @property
    def id_count(self) -> int:
        return FIRST_WORD + len(self.words)

    @property
    def length(self) -> int:
        return self.params.length or DEFAULT_LENGTH

    def transform(self, values: TableValues) -> NDArray[np.int32]:
        ids = np.full((len(values), self.length), PADDING, np.int32)
        ids[:, 0] = UNKNOWN
        for row, numbers in zip(ids, self.word_numbers(values), strict=True):
            first = numbers[: len(row)]
            row[: len(first)] = np.where(first >= 0, first + FIRST_WORD, UNKNOWN)
        return ids

    def to_batch(self, stored: Rows) -> NDArray[Any]:
        assert isinstance(stored, np.ndarray)
        return stored
