"""Columns of texts: categories, sentences, dates that preprocess reads."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from stages.core.columns.features.values_as_text import value_text
from stages.inference.read.values.read_values import ReadValues, describe, objects, without_missing


class TextReader:
    def __init__(self, missing: Sequence[str]) -> None:
        self._missing = frozenset(missing)

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        """Texts, and None for gaps. Numbers of JSON become texts: 3 and 3.0 are both the text 3."""
        try:
            "".join(values).encode()
        except (TypeError, UnicodeEncodeError):
            return self._one_by_one(values)
        missing = self._missing
        return ReadValues(objects([None if value in missing else value for value in values]))

    def _one_by_one(self, values: Sequence[Any]) -> ReadValues:
        wrong: dict[int, str] = {}
        found: list[str | None] = []
        for position, value in enumerate(without_missing(values, self._missing)):
            text = None if _is_gap(value) else _text(value)
            if text is None and not _is_gap(value):
                wrong[position] = f"{describe(value)} is not a text"
            found.append(text)
        return ReadValues(objects(found), wrong)


def _is_gap(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _text(value: Any) -> str | None:
    if isinstance(value, bool | np.bool_) or not isinstance(value, str | int | float):
        return None
    text = value_text(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, such as \ud800 in JSON
        return None
    return text
