"""The kinds of values that a JSON object or a cell of Excel holds."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from stages.core.text_values.number_notation import NumberNotation

NUMBERS, TEXTS, TRUTH_VALUES, DATES, OBJECTS, LISTS = "numbers", "texts", "truth values", "dates", "objects", "lists"
ERRORS = "errors"


@dataclass(frozen=True)
class CellError:
    """An error of Excel in place of a value, such as #DIV/0!."""

    text: str


KINDS: Mapping[type, str] = {
    bool: TRUTH_VALUES,
    int: NUMBERS,
    float: NUMBERS,
    str: TEXTS,
    datetime: DATES,
    date: DATES,
    time: "times of day",
    timedelta: "durations",
    dict: OBJECTS,
    list: LISTS,
    CellError: ERRORS,
}
COLUMN_KINDS = (NUMBERS, TEXTS, TRUTH_VALUES, DATES)
PLAIN_NUMBER = re.compile(NumberNotation().pattern)
WHOLE_NUMBER = re.compile(r"[-+]?[0-9]+")


def as_text(value: Any) -> str | None:
    """The value as text; None if it is an object, a list or an error.

    >>> as_text(True), as_text(12), as_text(0.5), as_text(datetime(2020, 1, 31)), as_text([1])
    ('true', '12', '0.5', '2020-01-31', None)
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ")
        case int() | float() | date() | time() | timedelta():
            return str(value)
        case _:
            return None


def as_number(value: Any) -> int | float | None:
    """The number, or the number in a text; None if it is neither, or too large.

    >>> as_number(" 007"), as_number("1.50"), as_number(True), as_number("1,5")
    (7, 1.5, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not PLAIN_NUMBER.fullmatch(value):
            return None
        digits = value.strip()
        value = int(digits) if WHOLE_NUMBER.fullmatch(digits) and len(digits) < 20 else float(digits)
    return value if isinstance(value, int | float) and math.isfinite(value) else None
