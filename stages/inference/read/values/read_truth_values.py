"""Columns of truth values."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from stages.inference.read.values.read_values import ReadValues, describe, objects

# As a CSV file of a source writes them, in any case.
MEANINGS = {"true": True, "1": True, "false": False, "0": False}


class TruthReader:
    def __init__(self, missing: Sequence[str]) -> None:
        self._missing = frozenset(missing)

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        """Truth values, or objects with None if there is a gap."""
        if known := self._of_known_texts(values):
            return known
        found: list[bool | None] = []
        wrong: dict[int, str] = {}
        for position, value in enumerate(values):
            truth = self._truth(value)
            if truth is None and not self._is_gap(value):
                wrong[position] = f"{describe(value)} is neither true nor false"
                truth = False
            found.append(truth)
        return ReadValues(objects(found) if None in found else np.array(found, np.bool_), wrong)

    def _of_known_texts(self, values: Sequence[Any]) -> ReadValues | None:
        """Each different text is looked up once."""
        if {*map(type, values)} != {str}:
            return None
        meanings = {text: self._truth(text) for text in set(values)}
        if any(truth is None and not self._is_gap(text) for text, truth in meanings.items()):
            return None
        found = [meanings[value] for value in values]
        return ReadValues(objects(found) if None in meanings.values() else np.array(found, np.bool_))

    def _is_gap(self, value: Any) -> bool:
        return value is None or (isinstance(value, str) and (value in self._missing or value.strip() in self._missing))

    def _truth(self, value: Any) -> bool | None:
        if isinstance(value, bool | np.bool_):
            return bool(value)
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        return MEANINGS.get(value.strip().lower()) if isinstance(value, str) else None
