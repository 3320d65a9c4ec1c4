"""The texts of a dataset of word numbers."""

from collections.abc import Sequence
from typing import Any

from stages.inference.input_schema import InputSchema
from stages.inference.read.texts.word_values import word_values
from stages.inference.read.values.read_values import ReadValues


class WordReader:
    """Texts, or lists of word numbers."""

    def __init__(self, schema: InputSchema) -> None:
        self._schema = schema

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        return ReadValues(*word_values(values, self._schema))
