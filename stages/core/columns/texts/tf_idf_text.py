"""Texts as weights of their words: a word weighs more, the more often a text has it and the fewer texts have it."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, PlainSerializer

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.texts.sparse_text import SparseText
from stages.core.columns.texts.word_counts import Word

# Libraries compute the last bits of a logarithm differently.
LOGARITHM_DIGITS = 12


def _split_numbers(value: Any) -> Any:
    return [int(number) for number in value.split()] if isinstance(value, str) else value


def _join_numbers(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers))


# In one line of fitted.json, as the words are.
RowCounts = Annotated[list[int], BeforeValidator(_split_numbers), PlainSerializer(_join_numbers, str)]


class TfIdfText(SparseText):
    """Weights as those of scikit-learn's TfidfVectorizer: smooth inverse frequencies, rows of L2 length one.

    `row_counts` has, for each word, how many of the `training_rows` have it.
    """

    weighted: ClassVar[bool] = True

    kind: Literal["tf_idf_text"] = "tf_idf_text"
    row_counts: RowCounts = []
    training_rows: int = 0

    def _learned(self, vocabulary: Sequence[Word], rows: int) -> dict[str, Any]:
        row_counts = [word.row_count for word in vocabulary]
        return {**super()._learned(vocabulary, rows), "row_counts": row_counts, "training_rows": rows}

    def inverse_frequencies(self) -> NDArray[np.float64]:
        """
        >>> from stages.core.columns.column_params import TextParams
        >>> params = TextParams(kind="text", form="tf_idf")
        >>> TfIdfText(columns=["a"], params=params, words=["b"], row_counts=[3], training_rows=7).inverse_frequencies()
        array([1.69314718])
        """
        # By math.log: the logarithms of NumPy depend on the instructions of the processor.
        ratios = [(1 + self.training_rows) / (1 + count) for count in self.row_counts]
        return np.array([round(math.log(ratio), LOGARITHM_DIGITS) + 1 for ratio in ratios])

    def transform(self, values: TableValues) -> RaggedRows:
        rows, counts = self.count_words(values)
        weights = counts * self.inverse_frequencies()[rows.ids]
        lengths = np.sqrt(np.bincount(rows.row_of_id, weights * weights, minlength=len(rows)))
        return RaggedRows(rows.ids, rows.offsets, (weights / lengths[rows.row_of_id]).astype(np.float32))
