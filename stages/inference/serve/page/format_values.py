"""Numbers as a person reads them."""

import math
from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"
DIGITS = 6


def format_number(value: float) -> str:
    """With six significant digits.

    >>> [format_number(value) for value in (1234567.5, 0.123456789, 2.50, 3e9, 1e20, 0)]
    ['1,234,568', '0.123457', '2.5', '3,000,000,000', '1e+20', '0']
    """
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    size = abs(value)
    if not 1e-4 <= size < 1e15:
        return f"{value:.{DIGITS - 1}g}".replace("-", MINUS)
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


def format_column(values: Sequence[float]) -> list[str]:
    """Numbers below each other: six significant digits of the largest, and as many decimals for all.

    >>> format_column([313.1, 1.25]), format_column([16.0, 9.0]), format_column([])
    (['313.10', '1.25'], ['16', '9'], [])
    """
    largest = max(map(abs, values), default=0.0)
    if not 1e-4 <= largest < 1e15:
        return [format_number(value) for value in values]
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(largest)))
    texts = [f"{value:,.{decimals}f}".replace("-", MINUS) for value in values]
    while "." in texts[0] and all(text.endswith(("0", ".")) for text in texts):
        texts = [text[:-1] for text in texts]
    return texts


def format_percent(share: float) -> str:
    """
    >>> [format_percent(share) for share in (1, 0.99999, 0.5, 0.00001, 0)]
    ['100%', '>99.9%', '50%', '<0.1%', '0%']
    """
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%".replace(".0%", "%")
