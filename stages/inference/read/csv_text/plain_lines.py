"""Lines without quotes, divided into columns by NumPy's own reader, which is faster than Python's csv module."""

import csv
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from stages.core.text_values.csv_line import NO_QUOTE, separator_between_fields
from stages.inference.input_schema import InputSchema, TextNotation
from stages.inference.read.values.read_numbers import LARGEST_EXACT_FLOAT

# NumPy takes these around a number as blanks, and a notation of numbers does not.
OTHER_BLANKS = "\v\f\x1c\x1d\x1e\x1f"
OTHER_WIDE_BLANKS = "\x85\u1680\u2028\u2029\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

NUMBER_ENDS = frozenset("0123456789. \t")


class PlainLines:
    """`numbers` has the columns of numbers by position, and whether their numbers are whole ones."""

    def __init__(self, width: int, numbers: dict[int, bool], notation: TextNotation) -> None:
        self._width = width
        self._numbers = dict(numbers)
        self.separator = separator_between_fields(notation)
        self._special = [c for c in (notation.quote, notation.escape) if c and c != NO_QUOTE]
        self._blanks = OTHER_BLANKS.replace(self.separator, "")

    def columns(self, lines: Sequence[str]) -> list[Any] | None:
        """The values of each column: an array of numbers, or a list of texts. None if the lines need a closer look."""
        text = "".join(lines)
        if self._needs_a_closer_look(text) or max(map(len, lines)) > csv.field_size_limit():
            return None
        types = [(str(n), "f8" if n in self._numbers else "O") for n in range(self._width)]
        try:
            rows = np.loadtxt(lines, np.dtype(types), comments=None, delimiter=self.separator, ndmin=1)
        except ValueError:
            return None
        columns = [rows[name] for name, _ in types]
        if not all(_are_exact(columns[n], is_whole) for n, is_whole in self._numbers.items()):
            return None
        return [column.copy() if column.dtype == np.float64 else column.tolist() for column in columns]

    def read_as_texts(self, columns: Collection[int]) -> None:
        """A value of these columns is no number as NumPy reads it: a gap, for example. More of them may follow."""
        for column in columns:
            self._numbers.pop(column, None)

    def _needs_a_closer_look(self, text: str) -> bool:
        blanks = self._blanks if text.isascii() else self._blanks + OTHER_WIDE_BLANKS
        return not text.strip() or any(character in text for character in (*self._special, *blanks))


def _are_exact(numbers: Any, whole: bool) -> bool:
    """Whether these are the numbers that the texts write. `whole` numbers can be larger than a float holds exactly."""
    return bool(np.isfinite(numbers).all() and (not whole or (np.abs(numbers) < LARGEST_EXACT_FLOAT).all()))


def number_columns(schema: InputSchema, positions: dict[str, int]) -> dict[int, bool]:
    """The columns whose numbers NumPy reads as the notation means them, and whether they are whole ones."""
    if not schema.notation.plain_numbers:
        return {}
    return {positions[column.name]: column.whole for column in schema.columns if column.type == "number"}


def may_be_number(text: str) -> bool:
    """Quick, for many values. False for a gap, which is no number and likely to occur again in its column.

    >>> [may_be_number(text) for text in ("1.5", "-2.", "", "NA")]
    [True, True, False, False]
    """
    return text[-1:] in NUMBER_ENDS
