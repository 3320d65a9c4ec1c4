"""Formats numbers and names for the pages."""

import math
import re
from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"

_NUMBER = re.compile(rf"[+{MINUS}]?[\d,]+(\.\d+)?")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float | None) -> str:
    """With four significant digits; a dash if there is no value.

    >>> format_number(0.51234), format_number(1234.5), format_number(150.0), format_number(177219)
    ('0.5123', '1,234', '150', '177,219')
    """
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-4 or size >= 1e9:
        digits, exponent = f"{value:.2e}".split("e")
        text = f"{digits.rstrip('0').rstrip('.')}{TIMES}{power_of_ten(int(exponent))}"
    elif size >= 1000 or float(value).is_integer():
        text = f"{value:,.0f}"
    else:
        text = f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def power_of_ten(power: int) -> str:
    """
    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return f"10{str(power).translate(_SUPERSCRIPT)}"


def format_percent(share: float | None) -> str:
    """
    >>> [format_percent(share) for share in (0.96667, 1.0, 0.99999, 0.0004, 0)]
    ['96.7%', '100%', '>99.9%', '<0.1%', '0%']
    """
    if share is None or math.isnan(share):
        return DASH
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%".replace(".0%", "%").replace("-", MINUS)


def with_sign(number: str) -> str:
    """
    >>> with_sign("3"), with_sign("0")
    ('+3', '0')
    """
    return number if number.startswith((MINUS, "0%", DASH)) or number == "0" else f"+{number}"


def format_column(values: Sequence[float]) -> list[str]:
    """Numbers of one column: four significant digits of the largest, the same number of decimals for all.

    >>> format_column([75.257, 0.449]), format_column([16.0, 9.0]), format_column([0.25, 1.5])
    (['75.26', '0.45'], ['16', '9'], ['0.25', '1.50'])
    """
    largest = max(map(abs, values), default=0.0)
    if not 1e-4 <= largest < 1e9:
        return [format_number(value) for value in values]
    decimals = max(0, 3 - int(f"{largest:e}".split("e")[1]))
    texts = [f"{value:,.{decimals}f}" for value in values]
    while "." in texts[0] and all(text.endswith(("0", ".")) for text in texts):
        texts = [text[:-1] for text in texts]
    return [text.replace("-", MINUS) for text in texts]


def format_column_with_gaps(values: Sequence[float | None]) -> list[str]:
    """As format_column(), with a dash where there is no value.

    >>> format_column_with_gaps([75.257, None, 0.449]) == ["75.26", DASH, "0.45"]
    True
    """
    present = [value for value in values if value is not None and not math.isnan(value)]
    texts = iter(format_column(present))
    return [DASH if value is None or math.isnan(value) else next(texts) for value in values]


def align_decimals(texts: Sequence[str]) -> list[str]:
    """The same number of decimals for all, if all texts are numbers.

    >>> align_decimals(["5", "4.95"]), align_decimals(["5", "missing"])
    (['5.00', '4.95'], ['5', 'missing'])
    """
    if not all(map(is_number, texts)):
        return list(texts)
    decimals = [len(text.partition(".")[2]) for text in texts]
    most = max(decimals, default=0)
    return [t + "." * (d == 0 < most) + "0" * (most - d) for t, d in zip(texts, decimals, strict=True)]


def is_number(text: str) -> bool:
    """
    >>> is_number("1,234.5"), is_number("2004-08-19"), is_number("setosa")
    (True, False, False)
    """
    return _NUMBER.fullmatch(text) is not None


def count(number: int, singular: str, plural: str = "") -> str:
    """
    >>> count(1, "row"), count(1200, "row"), count(0, "class", "classes")
    ('1 row', '1,200 rows', '0 classes')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def lower_first(label: str) -> str:
    """A label within a sentence; abbreviations stay as they are.

    >>> lower_first("Mean absolute error"), lower_first("R²"), lower_first("F1")
    ('mean absolute error', 'R²', 'F1')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
