"""What the values of each column are, and which kind of column that makes it."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from stages.cli.new.read.column_totals import ColumnTotals
from stages.download.formats.tables.time_formats import ISO, guess_time_format
from stages.report.rendering.format_text import format_number

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["number", "boolean", "category", "date", "text", "picture", "ignore"]
# A text column with at most this many values, or this share of the rows, holds categories.
FEW_CATEGORIES, CATEGORIES_SHARE = 20, 0.05
# Rarer categories are one category, `other`, if there are many.
MINIMUM_COUNT = 5
# With more categories, a column becomes an embedding. See docs/explanation/default-models.md.
MAX_ONE_HOT = 500
# With more different values than this share of the rows, a value says which row it is.
OWN_VALUES_SHARE = 0.5
WORDS_OF_A_TEXT = 3
BOOLEANS = ({"yes", "no"}, {"true", "false"}, {"y", "n"}, {"t", "f"})
ID_NAME = re.compile(r"(?:.*[_ .-])?(?:id|idx|index|uuid|row|key|no|nr)|.*(?-i:[a-z])I[Dd]|unnamed.*", re.IGNORECASE)
# A person, a street or a product, and not a text to learn from.
OWN_NAME = re.compile(r".*(?:name|title|address|url|e-?mail).*", re.IGNORECASE)
EXAMPLES = 3


@dataclass(frozen=True)
class ColumnDescription:
    """`distinct` and `values`, a text for people, are about the values that are present. `distinct` is estimated for a
    column with many different values of which only some rows are known.

    `reason` says why the column is ignored. `low` and `high` are those of numbers.
    """

    name: str
    kind: Kind
    rows: int
    missing: int
    distinct: int
    values: str
    reason: str = ""
    time_format: str | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False


def describe_column(name: str, column: "pd.Series", totals: ColumnTotals | None = None) -> ColumnDescription:
    """The kind that fits the values best, as far as one column alone tells.

    `totals` are of all rows if `column` has some of them.
    """
    described = _describe_values(name, column)
    if totals is None or totals.rows == len(column):
        return described
    distinct = estimate_distinct(column, totals.present) if totals.counts is None else len(totals.counts)
    about = "about " if totals.counts is None else ""
    return replace(
        described,
        rows=totals.rows,
        missing=totals.missing,
        distinct=distinct,
        values=described.values.replace(f"{described.distinct:,}: ", f"{about}{distinct:,}: ", 1),
    )


def estimate_distinct(column: "pd.Series", rows: int) -> int:
    """How many different values so many rows have, by the estimator of Chao: from those that occur once and twice here.

    >>> import pandas as pd
    >>> estimate_distinct(pd.Series([1, 2, 3, 4]), 1000), estimate_distinct(pd.Series([1, 1, 1, 2, 2, 3]), 1000)
    (10, 3)
    """
    rows_of_values = column.value_counts()
    once, twice = int((rows_of_values == 1).sum()), int((rows_of_values == 2).sum())
    return min(rows, len(rows_of_values) + once * (once - 1) // (2 * (twice + 1)))


def _describe_values(name: str, column: "pd.Series") -> ColumnDescription:
    import pandas as pd

    present = column.dropna()
    rows, missing, distinct = len(column), len(column) - len(present), int(present.nunique())
    if present.empty:
        return ColumnDescription(name, "ignore", rows, missing, 0, "none", "no value in any row")
    if pd.api.types.is_bool_dtype(present):
        return ColumnDescription(name, "boolean", rows, missing, distinct, "true, false")
    if pd.api.types.is_numeric_dtype(present):
        return _describe_numbers(name, present, rows, distinct)
    if pd.api.types.is_datetime64_any_dtype(present):
        values = f"{present.min():%Y-%m-%d} to {present.max():%Y-%m-%d}"
        return ColumnDescription(name, "date", rows, missing, distinct, values)
    return _describe_texts(name, present.astype("str"), rows, distinct)


def _describe_numbers(name: str, present: "pd.Series", rows: int, distinct: int) -> ColumnDescription:
    low, high = float(present.min()), float(present.max())
    whole = bool((present % 1 == 0).all())
    reason = ""
    if distinct == 1:
        reason = "the same value in every row"
    elif whole and distinct == len(present) and ID_NAME.fullmatch(name):
        reason = "a number of its own in every row"
    return ColumnDescription(
        name, "ignore" if reason else "number", rows, rows - len(present), distinct,
        f"{format_number(low)} to {format_number(high)}" if distinct > 1 else format_number(low),
        reason, low=low, high=high, whole=whole,
    )  # fmt: skip


def _describe_texts(name: str, present: "pd.Series", rows: int, distinct: int) -> ColumnDescription:
    counts = present.value_counts(sort=False).sort_index()
    most_frequent = counts.sort_values(ascending=False, kind="stable").index[:EXAMPLES]
    examples = ", ".join(_shorten(text) for text in most_frequent)
    values = f"{distinct:,}: {examples}{', ...' if distinct > EXAMPLES else ''}"
    kind, reason, time_format = _kind_of_texts(name, present, list(map(str, counts.index)))
    return ColumnDescription(name, kind, rows, rows - len(present), distinct, values, reason, time_format=time_format)


def _kind_of_texts(name: str, present: "pd.Series", unique: list[str]) -> tuple[Kind, str, str | None]:
    """The kind, why it is ignored, and the format of dates."""
    if len(unique) == 1:
        return "ignore", "the same value in every row", None
    if {text.strip().lower() for text in unique} in BOOLEANS:
        return "boolean", "", None
    if any(character.isdigit() for character in unique[0]) and (formats := guess_time_format(unique)):
        return "date", "", formats[0]
    own_values = len(unique) > len(present) * OWN_VALUES_SHARE
    if len(unique) <= max(FEW_CATEGORIES, len(present) * CATEGORIES_SHARE) and not own_values:
        return "category", "", None
    if own_values and OWN_NAME.fullmatch(name):
        return "ignore", "nearly every row has a name of its own", None
    if float(present.str.split().str.len().mean()) >= WORDS_OF_A_TEXT:
        return "text", "", None
    if own_values:
        return "ignore", "nearly every row has a text of its own", None
    return "category", "", None


def date_format(description: ColumnDescription) -> str | None:
    """The format to write; None for ISO 8601, which is the default."""
    return None if description.time_format == ISO else description.time_format


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 24 else text[:21] + "..."
