"""What the values of a file look like: numbers, times or text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from stages.core.text_values.number_notation import NumberNotation
from stages.download.params.csv_params import Csv

SIGNS = ("%", "US$", "$", "€", "£", "¥", "₹", "₩", "₽", "°C", "°F", "USD", "EUR", "GBP", "JPY", "CHF")
MISSING = frozenset(Csv(format="csv").missing)
# Texts that stand for a missing value in a column of numbers.
MORE_MISSING = ("-", "--", "---", ".", "..", "*", "n/a", "#N/A", "NAN", "NULL", "None", "none", "(null)", r"\N")
TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
# What they multiply a number by. K of a computer is 1024: that is for a person to know.
SUFFIXES = (("k", 1000), ("K", 1000), ("M", 10**6), ("B", 10**9), ("T", 10**12))
GROUPS_OF_TWO_DIGITS = re.compile(r"\d,\d\d,\d{3}(?!\d)")
PLAIN = NumberNotation()


def _with_all_signs(decimal: str, thousands: str | None) -> NumberNotation:
    return NumberNotation(
        decimal, thousands, SIGNS, negative_in_parentheses=True, trailing_minus=True, typographic_minus=True
    )


ANY_NOTATION = [
    _with_all_signs(decimal, thousands)
    for decimal, thousands in product(".,", (None, ".", ",", " ", "'"))
    if decimal != thousands
]
ANY_NOTATION.append(replace(_with_all_signs(".", ","), grouping="indian"))
ANY_NUMBER = re.compile("|".join(f"(?:{notation.pattern})" for notation in ANY_NOTATION))


def is_number_or_time(text: str) -> bool:
    return bool(ANY_NUMBER.fullmatch(text) or TIME.fullmatch(text.strip()))


def sniff_numbers(columns: Sequence[Sequence[str]], separator: str) -> dict[str, object]:
    """The options for numbers that make the most columns numeric, the plainest ones first."""
    present = [[text.strip() for text in column if text.strip() not in MISSING] for column in columns]
    texts = [column for column in present if column]
    notations = _notations(separator, texts)
    notation = max(notations, key=lambda notation: sum(_are_numbers(c, notation) for c in texts))
    numeric = [column for column in texts if _are_numbers(column, notation)]
    used = [text for column in numeric for text in column if re.fullmatch(notation.pattern, text)]
    options: dict[str, object] = {"decimal": notation.decimal} if notation.decimal != "." else {}
    if notation.thousands and any(re.search(rf"\d{notation.thousands_pattern}\d", text) for text in used):
        options["thousands"] = notation.thousands
    if signs := notation.signs_in(used):
        options["signs"] = signs
    options |= {name: value for name, value in _other_options(notation).items() if _needs(name, notation, used)}
    if more := _more_missing(numeric, notation):
        options["missing"] = [*Csv(format="csv").missing, *more]
    return options


def _other_options(notation: NumberNotation) -> dict[str, object]:
    """The options of this notation that most files do not need."""
    return {
        "negative_in_parentheses": notation.negative_in_parentheses,
        "grouping": notation.grouping,
        "suffixes": dict(notation.suffixes),
        "trailing_minus": notation.trailing_minus,
        "typographic_minus": notation.typographic_minus,
    }


def _needs(option: str, notation: NumberNotation, used: Sequence[str]) -> bool:
    """Whether some of these numbers are none without the option."""
    without = replace(notation, **{option: getattr(PLAIN, option)})
    return without != notation and not all(re.fullmatch(without.pattern, text) for text in used)


def _notations(separator: str, columns: Sequence[Sequence[str]]) -> list[NumberNotation]:
    """The first of several that fit is taken, so 1,200 has thousands, except in a file with semicolons."""
    pairs: list[tuple[str, str | None]] = [(".", None), (".", ","), (",", None), (",", ".")]
    if separator == ";":
        pairs = [(".", None), (",", None), (",", "."), (".", ",")]
    pairs += [(decimal, thousands) for thousands in (" ", "'") for decimal in ".,"]
    notations = [NumberNotation(*pair) for pair in pairs] + [_with_all_signs(*pair) for pair in pairs]
    if any(GROUPS_OF_TWO_DIGITS.search(text) for column in columns for text in column):
        indian = (replace(each, grouping="indian") for each in notations if each.thousands == ",")
        notations += list(indian)
    if suffixes := _suffixes(columns):
        notations += [replace(each, suffixes=suffixes) for each in notations]
    return notations


def _suffixes(columns: Sequence[Sequence[str]]) -> tuple[tuple[str, int], ...]:
    """The suffixes in columns where every value ends with a suffix."""
    ends = tuple(suffix for suffix, _ in SUFFIXES)
    found = {text[-1] for column in columns if all(text.endswith(ends) for text in column) for text in column}
    return tuple((suffix, multiplier) for suffix, multiplier in SUFFIXES if suffix in found)


def _are_numbers(texts: Sequence[str], notation: NumberNotation) -> bool:
    """Whether all are numbers or stand for missing values, and most are numbers.

    Either all numbers have a suffix, or none: a column with 12 and 12B has house numbers rather than billions.
    """
    ends = tuple(suffix for suffix, _ in notation.suffixes)
    if ends and any(text.endswith(ends) for text in texts):
        return all(text.endswith(ends) and re.fullmatch(notation.pattern, text) for text in texts)
    others = [text for text in texts if not re.fullmatch(notation.pattern, text)]
    return len(others) * 2 < len(texts) and all(text in MORE_MISSING for text in others)


def _more_missing(numeric: Iterable[Sequence[str]], notation: NumberNotation) -> list[str]:
    texts = {text for column in numeric for text in column if not re.fullmatch(notation.pattern, text)}
    return [text for text in MORE_MISSING if text in texts]


def has_header(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has names: no value among them, and other texts than the rows below.

    A name above a column of numbers is enough: then another name may also be a value of its column.
    """
    # Columns at the end without a name and a value come from separators at the end of lines.
    named = [name.strip() for name in first if name.strip()]
    unnamed = columns[len(named) :]
    names = (
        named if not any(text.strip() for column in unnamed for text in column) else [name.strip() for name in first]
    )
    columns = columns[: len(names)]
    if len(set(names)) < len(names) or not all(names):
        return False
    values = [name for name in names if is_number_or_time(name)]
    if not values and _names_a_typed_column(names, columns):
        return True
    if any(name in map(str.strip, column) for name, column in zip(names, columns, strict=True)):
        return False
    if not values:
        return all(len(name) <= 40 for name in names)
    # Years may be names, if other columns have words for names.
    years = [name for name in values if re.fullmatch(r"1[89]\d\d|20\d\d", name)]
    return len(years) == len(values) < len(names)


def _names_a_typed_column(names: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether a column has numbers or times alone below a text that does not stand for a missing value."""
    return any(
        any(map(is_number_or_time, column))
        and name not in (*MISSING, *MORE_MISSING)
        and all(is_number_or_time(text) or text.strip() in MISSING for text in column)
        for name, column in zip(names, columns, strict=True)
    )
