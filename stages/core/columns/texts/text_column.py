"""What the forms of a column of texts have in common: the vocabulary of the training rows, and gaps."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BeforeValidator, Field, PlainSerializer

from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths
from stages.core.columns.column_kind import ColumnKind, ScalerStatistics, no_scaler_statistics
from stages.core.columns.column_params import TextParams
from stages.core.columns.features.coded_values import plain_array
from stages.core.columns.features.feature import Mask, missing_rows
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.features.values_as_text import value_text
from stages.core.columns.private_values import hash_private_text
from stages.core.columns.scaling_params import ScalingStep
from stages.core.columns.texts.text_words import text_words
from stages.core.columns.texts.word_counts import Word, WordCounts
from stages.core.columns.value_blocks import as_blocks
from stages.core.errors import UserError, format_examples

# The number of a word that is not in the vocabulary.
NOT_IN_VOCABULARY = -1


def _split_at_spaces(value: Any) -> Any:
    return value.split() if isinstance(value, str) else value


# In one line of fitted.json, where a line for each of ten thousand words would hide everything else.
Vocabulary = Annotated[list[str], BeforeValidator(_split_at_spaces), PlainSerializer(" ".join, str)]


class TextColumn(ColumnKind):
    """Values are TableValues of one column. Word n is `words[n]`; more frequent words come first.

    The words of a private column are hashes, by which a word is looked up.
    """

    params: TextParams
    # Whether the kind was inferred from the training rows, since conf does not name it.
    inferred: bool = False
    private: bool = Field(default=False, exclude_if=lambda private: not private)
    words: Vocabulary = []

    @property
    def column(self) -> str:
        return self.columns[0]

    def check(self, values: TableValues) -> None:
        missing = np.flatnonzero(self._missing(values)).tolist()
        if missing and self.params.missing == "refuse":
            raise UserError(
                f"column {self.column}: missing in {len(missing)} of {len(values)} rows: {format_examples(missing)}; "
                f"set preprocess.columns.{self.column}.missing to empty, or write `{self.column}: ignore`"
            )

    def fit(
        self,
        values: Any,
        steps: Sequence[ScalingStep] = (),  # noqa: ARG002
        scaler_statistics: ScalerStatistics = no_scaler_statistics,  # noqa: ARG002
    ) -> Self:
        return self if self.words else self.fit_counts(WordCounts.sum(as_blocks(values).map(self.count)))

    def count(self, values: TableValues) -> WordCounts:
        """Return what `fit_counts` needs of a block of training rows. The counts of several blocks can be added."""
        return WordCounts.of(self._texts(values), self._words)

    def fit_counts(self, counts: WordCounts) -> Self:
        vocabulary = counts.vocabulary(self.params.vocabulary_size, self.params.minimum_count)
        if not vocabulary:
            least = self.params.minimum_count
            needed = "a word" if least == 1 else f"a word that is in {least} of them; use a smaller minimum_count"
            raise UserError(
                f"column {self.column}: no training row has {needed}; or write `{self.column}: ignore` in "
                "preprocess.columns"
            )
        return self.model_copy(update=self._learned(vocabulary, counts.rows))

    def _learned(self, vocabulary: Sequence[Word], rows: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the fields that were learned from this number of training rows."""
        return {"words": [word.text for word in vocabulary]}

    def word_numbers(self, values: TableValues) -> RaggedRows:
        """Return the number of each word of each text, in the order of the text."""
        number_of = {word: number for number, word in enumerate(self.words)}
        rows = [[number_of.get(word, NOT_IN_VOCABULARY) for word in self._words(text)] for text in self._texts(values)]
        numbers = np.array([number for row in rows for number in row], np.int64)
        return RaggedRows(numbers, offsets_from_lengths(np.array([len(row) for row in rows], np.int64)))

    def _words(self, text: str) -> list[str]:
        words = text_words(text)
        return [hash_private_text(self.column, word) for word in words] if self.private else words

    def _missing(self, values: TableValues) -> Mask:
        return missing_rows(plain_array(values.columns[self.column]), [])

    def _texts(self, values: TableValues) -> list[str]:
        found = plain_array(values.columns[self.column])
        return [
            "" if is_missing else value_text(value)
            for value, is_missing in zip(found.tolist(), self._missing(values).tolist(), strict=True)
        ]
