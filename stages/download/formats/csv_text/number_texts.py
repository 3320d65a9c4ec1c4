"""Columns of numbers in any notation, decided and converted piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from pyarrow import compute

from stages.core.columns.private_values import PRIVATE
from stages.core.errors import MAX_EXAMPLES, UserError, format_examples
from stages.core.text_values.number_notation import TYPOGRAPHIC_MINUS, NumberNotation
from stages.download.formats.csv_text.digits import Digits, all_match
from stages.download.params.csv_params import Csv


@dataclass(frozen=True)
class NumberColumn:
    """How the texts of a column become numbers. Where some have a suffix, each different text is converted once."""

    notation: NumberNotation
    type: pa.DataType
    has_suffixes: bool

    def convert(self, texts: pa.ChunkedArray) -> pa.ChunkedArray:
        if not self.has_suffixes:
            return _plain_texts(texts, self.notation).cast(self.type)
        different = compute.drop_null(texts.unique())
        numbers = pa.array([self.notation.value(text) for text in different.to_pylist()], pa.float64())
        chunks = [compute.take(numbers, compute.index_in(chunk, different)) for chunk in texts.chunks]
        return pa.chunked_array(chunks, pa.float64())


class NumberTexts:
    """Whether the texts of a column, which are added piece by piece, are numbers as `format` describes them."""

    def __init__(self, name: str, params: Csv, private: bool = False) -> None:
        self._name, self._private = name, private
        self._is_forced = params.types.get(name) == "number"
        self._notation = NumberNotation.of(params)
        self._rows = self._present = self._other_count = 0
        self._others: list[tuple[int, str]] = []
        self._signs: set[str] = set()
        self._has_suffixes = False
        self._digits = Digits()
        self._all_whole = True

    def add(self, texts: pa.ChunkedArray) -> None:
        others = _rows_without_a_number(texts, self._notation)
        more = others[: MAX_EXAMPLES - len(self._others)]
        self._others += [(self._rows + row + 1, texts[row].as_py()) for row in more]
        self._other_count += len(others)
        self._rows += len(texts)
        self._present += len(texts) - texts.null_count
        if not self._other_count:
            self._look_at_numbers(texts)

    def _look_at_numbers(self, texts: pa.ChunkedArray) -> None:
        notation = self._notation
        self._signs |= _signs(texts, notation)
        if notation.suffixes and not self._has_suffixes:
            self._has_suffixes = bool(_rows_without_a_number(texts, replace(notation, suffixes=())))
        plain = _plain_texts(texts, notation)
        self._all_whole = self._all_whole and all_match(plain, r"^-?\d+$")
        self._digits.add(plain)

    def finish(self) -> NumberColumn | None:
        """None for a column of text. Raises UserError if it was meant to be numbers and some values are not."""
        if self._other_count and (self._is_forced or 2 * self._other_count < self._present):
            raise UserError(self._describe_others())
        if self._other_count or not self._present:
            return None
        self._check_one_sign()
        if not (self._is_forced or self._has_suffixes) and self._digits.would_be_lost:
            return None
        is_whole = self._all_whole and self._digits.fits_integer and not self._has_suffixes
        return NumberColumn(self._notation, pa.int64() if is_whole else pa.float64(), self._has_suffixes)

    def _describe_others(self) -> str:
        shown = [f"row {row} {PRIVATE if self._private else repr(text)}" for row, text in self._others]
        return (
            f"column {self._name!r}: {self._other_count} of {self._present} values are not numbers as format describes "
            f"them: {_with_more(shown, self._other_count)}; correct them, list the texts for missing values in "
            f"format.missing, or set format.types: {{{self._name}: text}}"
        )

    def _check_one_sign(self) -> None:
        """Without their signs, dollars and euros would be the same numbers."""
        if len(self._signs) > 1:
            signs = format_examples(map(repr, sorted(self._signs)))
            raise UserError(
                f"column {self._name!r}: values with different signs, {signs}; give each its own column, or set "
                f"format.types: {{{self._name}: text}}"
            )


def _with_more(shown: Sequence[str], count: int) -> str:
    """
    >>> _with_more(["row 1 'a'"], 1), _with_more(["row 1 'a'"], 3)
    ("row 1 'a'", "row 1 'a' and 2 more")
    """
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _rows_without_a_number(texts: pa.ChunkedArray, notation: NumberNotation) -> list[Any]:
    is_number = compute.match_substring_regex(texts, f"^(?:{notation.pattern})$")
    return compute.indices_nonzero(compute.invert(is_number)).to_pylist()  # type: ignore[no-any-return]


def _signs(texts: pa.ChunkedArray, notation: NumberNotation) -> set[str]:
    if not notation.signs:
        return set()
    found = compute.extract_regex(texts, f"(?P<sign>{notation.sign_pattern})")
    return {sign for sign in compute.unique(compute.struct_field(found, "sign")).to_pylist() if sign}


def _plain_texts(texts: pa.ChunkedArray, notation: NumberNotation) -> pa.ChunkedArray:
    """The numbers as in code, as `NumberNotation.plain` gives them."""
    if notation.typographic_minus:
        texts = compute.replace_substring(texts, TYPOGRAPHIC_MINUS, "-")
    plain = compute.replace_substring_regex(texts, notation.removed_pattern, "")
    if notation.decimal != ".":
        plain = compute.replace_substring(plain, notation.decimal, ".")
    if notation.negative_in_parentheses:
        negative = compute.binary_join_element_wise("-", plain, "")
        plain = compute.if_else(compute.match_substring(texts, "("), negative, plain)
    if notation.trailing_minus:
        plain = compute.replace_substring_regex(plain, "^([^-].*)-$", r"-\1")
    return plain
