"""Columns of numbers in the notation of the dataset's source."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.text_values.number_notation import NumberNotation
from stages.inference.input_schema import TextNotation
from stages.inference.read.values.read_values import ReadValues, describe, objects

# Larger whole numbers are rounded as float64.
LARGEST_EXACT_FLOAT = 1 << 53
LARGEST_INTEGER = 1 << 63
# Python converts no whole number of more digits.
MAX_DIGITS = 4000
WHOLE = re.compile(r"\s*[-+]?[0-9]+\s*")
# What a number in plain notation is made of. Python would also read 1_000, nan, and digits of other scripts.
WHOLE_CHARACTERS = b"0123456789+- \t"
CHARACTERS = WHOLE_CHARACTERS + b".eE"


class NumberReader:
    """`whole` says that the raw data have whole numbers alone: they stay exact. `single_precision` is of 32 bits."""

    def __init__(
        self, notation: TextNotation, missing: Sequence[str], whole: bool = False, single_precision: bool = False
    ) -> None:
        self._notation = NumberNotation.of(notation)
        self._pattern = re.compile(self._notation.pattern)
        self._is_plain = self._notation == NumberNotation()
        self._missing = frozenset(missing)
        self._whole = whole
        self._single_precision = single_precision

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        found = _numbers_of_array(values, self._whole) if isinstance(values, np.ndarray) else self._quickly(values)
        read = ReadValues(found) if found is not None else self._one_by_one(values)
        return ReadValues(np.asarray(read.values, np.float32), read.wrong) if self._single_precision else read

    def _quickly(self, values: Sequence[Any]) -> NDArray[Any] | None:
        """The values, if all are numbers or gaps in plain notation; None if a closer look is needed."""
        try:
            joined = "".join(values)
        except TypeError:  # values with types
            return _numbers_with_types(values, self._whole)
        if not self._is_plain:
            return None
        if found := self._without_gaps(values, joined):
            return found[0]
        present = [value for value in values if value not in self._missing]
        if len(present) == len(values) or _has_other_characters("".join(present), CHARACTERS):
            return None
        if self._whole and not _has_other_characters("".join(present), WHOLE_CHARACTERS):
            return None
        return _floats(["nan" if value in self._missing else value for value in values])

    def _without_gaps(self, values: Sequence[str], joined: str) -> tuple[NDArray[Any]] | None:
        if _has_other_characters(joined, CHARACTERS):
            return None
        if self._whole and not _has_other_characters(joined, WHOLE_CHARACTERS):
            try:
                return (np.fromiter(map(int, values), np.int64, len(values)),)
            except (ValueError, OverflowError):
                return None
        found = _floats(values)
        return None if found is None else (found,)

    def _one_by_one(self, values: Sequence[Any]) -> ReadValues:
        numbers: list[int | float | None] = []
        wrong: dict[int, str] = {}
        for position, value in enumerate(values):
            number: int | float | None = None
            if not self._is_gap(value) and (number := self._number(value)) is None:
                wrong[position] = f"{describe(value)} is not a number{self._how_written(value)}"
            elif number is not None and not _is_finite(number):
                number, wrong[position] = None, f"{describe(value)} is too large"
            numbers.append(number)
        return ReadValues(self._array(numbers, wrong), wrong)

    def _is_gap(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self._missing or value.strip() in self._missing or value.strip().lower() == "nan"
        return value is None or (isinstance(value, float) and math.isnan(value))

    def _number(self, value: Any) -> int | float | None:
        match value:
            case bool() | np.bool_():
                return None
            case int() | float():
                return value
            case np.integer() | np.floating():
                number: int | float = value.item()
                return number
            case str() if self._pattern.fullmatch(value):
                plain = self._notation.plain(value) if not self._notation.suffixes else value
                is_whole = self._whole and WHOLE.fullmatch(plain) and len(plain.strip()) <= MAX_DIGITS
                return int(plain) if is_whole else self._notation.value(value)
            case _:
                return None

    def _how_written(self, value: Any) -> str:
        if self._is_plain or not isinstance(value, str):
            return ""
        return f" as the dataset writes them (decimal {self._notation.decimal!r})"

    def _array(self, numbers: Sequence[int | float | None], wrong: dict[int, str]) -> NDArray[Any]:
        usable = [0 if position in wrong else number for position, number in enumerate(numbers)]
        if not self._whole:
            return np.array([math.nan if number is None else number for number in usable], np.float64)
        return whole_numbers(usable)


def whole_numbers(numbers: Sequence[int | float | None]) -> NDArray[Any]:
    """Whole numbers, or floats if there is a gap or a fraction, or objects if a float would round a whole number.

    >>> whole_numbers([1, 2]).dtype, whole_numbers([1, None]).dtype, whole_numbers([2**53 + 1, None]).dtype
    (dtype('int64'), dtype('float64'), dtype('O'))
    """
    if all(isinstance(number, int) for number in numbers):
        return np.array(numbers, np.int64)
    if any(isinstance(number, int) and abs(number) > LARGEST_EXACT_FLOAT for number in numbers):
        return objects(numbers)
    return np.array([math.nan if number is None else number for number in numbers], np.float64)


def _has_other_characters(text: str, characters: bytes) -> bool:
    return bool(text.encode("utf-8", "surrogatepass").translate(None, characters))


def _floats(texts: Sequence[str]) -> NDArray[np.float64] | None:
    try:
        found = np.fromiter(map(float, texts), np.float64, len(texts))
    except ValueError:
        return None
    return None if np.isinf(found).any() else found


def _is_finite(number: int | float) -> bool:
    return -LARGEST_INTEGER <= number < LARGEST_INTEGER if isinstance(number, int) else math.isfinite(number)


def _numbers_with_types(values: Sequence[Any], whole: bool) -> NDArray[Any] | None:
    """Values of JSON, if all are numbers; None otherwise."""
    types = set(map(type, values))
    if not types or not types <= {int, float}:
        return None
    try:
        found = np.array(values, np.int64 if types == {int} and whole else np.float64)
    except OverflowError:
        return None
    rounds = whole and types == {int, float} and (np.abs(found) > LARGEST_EXACT_FLOAT).any()
    return found if np.isfinite(found).all() and not rounds else None


def _numbers_of_array(values: NDArray[Any], whole: bool) -> NDArray[Any] | None:
    """An array of numbers in a type that raw data can have. Floats that are whole numbers are so, where all can be."""
    if values.dtype.kind in "iu" and values.dtype != np.uint64:
        return values.astype(np.int64)
    if values.dtype.kind != "f" or np.isinf(values).any():
        return None
    if whole and (np.abs(values) < LARGEST_EXACT_FLOAT).all() and (values == np.floor(values)).all():
        return values.astype(np.int64)
    return values.astype(np.float64)
