"""The kind of a column that conf does not name, from the values of the training rows."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from numpy.typing import NDArray

from stages.core.columns.column_params import (
    BooleanParams,
    CategoryParams,
    DateParams,
    InputParams,
    NumberParams,
    TextParams,
)
from stages.core.columns.features.values_as_text import number_or_none
from stages.core.errors import UserError

TRUTH_VALUES = [{"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}]
MOST_CATEGORIES = 1000
# From this mean number of words on, texts are sentences.
WORDS_OF_A_TEXT = 3
LIKE_A_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}([/.-]\d{1,4})?")


def infer_kind(name: str, values: NDArray[Any]) -> InputParams:
    """Raises UserError if several kinds are possible, with what to write."""
    match values.dtype.kind:
        case "b":
            return BooleanParams(kind="boolean")
        case "M":
            return DateParams(kind="date")
        case "O":
            return kind_of_texts(name, Counter(str(value) for value in values.tolist() if value is not None))
        case _:
            return NumberParams(kind="number")


def kind_of_texts(name: str, counts: Mapping[str, int]) -> InputParams:
    """`counts` has the number of rows of each text."""
    different, rows = sorted(counts), sum(counts.values())
    numbers = sum(number_or_none(text) is not None for text in different)
    if numbers < len(different) <= 2 * numbers:
        return NumberParams(kind="number")  # the other values are wrong, which the check says
    if {text.strip().lower() for text in different} in TRUTH_VALUES:
        return BooleanParams(kind="boolean")
    if different and all(map(_is_iso_date, different)):
        return DateParams(kind="date")
    words = sum(len(text.split()) * count for text, count in counts.items())
    if rows and words >= WORDS_OF_A_TEXT * rows:
        return TextParams(kind="text")
    if different and all(map(LIKE_A_DATE.fullmatch, different)):
        raise UserError(
            f"column {name} may be a date; say which format it has in preprocess.columns, as in "
            f'`{name}: {{kind: date, format: "%d/%m/%Y"}}`'
        )
    if len(different) <= min(rows / 2, MOST_CATEGORIES):
        return CategoryParams(kind="category")
    # Download left such numbers as text, since they have leading zeros or are too large for a float.
    all_numbers = different and numbers == len(different)
    as_numbers = f", or `types: {{{name}: number}}` in download.format if they are numbers" if all_numbers else ""
    raise UserError(
        f"column {name}: {len(different)} different texts in {rows} training rows, so it may only name the rows; "
        f"write `{name}: ignore` in preprocess.columns, or the kind that it has: category or text{as_numbers}"
    )


def _is_iso_date(text: str) -> bool:
    """A year alone or digits without separators may be a number of anything."""
    if "-" not in text[1:]:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
