"""Texts of digits that a number would not keep."""

from dataclasses import dataclass

import pyarrow as pa
from pyarrow import compute

# Larger whole numbers are rounded as float64, which is the type of a column with missing values.
LARGEST_EXACT_FLOAT = 1 << 53


@dataclass
class Digits:
    """Whether texts, which are added piece by piece, are whole numbers, and what their numbers would lose."""

    all_whole: bool = True
    all_unsigned: bool = True
    leading_zero: bool = False
    fits_integer: bool = True
    gaps: int = 0
    largest: float = 0

    def add(self, texts: pa.ChunkedArray) -> None:
        self.gaps += texts.null_count
        whole = compute.utf8_trim_whitespace(texts)
        self.all_whole = self.all_whole and all_match(whole, r"^[-+]?\d+$")
        if not self.all_whole:
            return
        self.all_unsigned = self.all_unsigned and all_match(whole, r"^\d+$")
        self.leading_zero = self.leading_zero or bool(
            compute.any(compute.match_substring_regex(whole, r"^0\d")).as_py()
        )
        try:
            numbers = compute.utf8_ltrim(whole, "+").cast(pa.int64())
        except pa.ArrowInvalid:
            self.fits_integer = False
        else:
            self.largest = max(self.largest, largest_number(numbers))

    @property
    def would_be_lost(self) -> bool:
        """Whether these are digits with leading zeros, or whole numbers that would be rounded."""
        is_code = self.all_unsigned and self.leading_zero
        is_rounded = not self.fits_integer or (self.gaps > 0 and self.largest > LARGEST_EXACT_FLOAT)
        return self.all_whole and (is_code or is_rounded)


def largest_number(column: pa.ChunkedArray) -> float:
    ends = compute.min_max(column).as_py()
    return max((abs(end) for end in ends.values() if end is not None), default=0)


def all_match(texts: pa.ChunkedArray, pattern: str) -> bool:
    return compute.all(compute.match_substring_regex(texts, pattern)).as_py() is not False
