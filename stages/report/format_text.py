"""How the page writes numbers and names, so that a reader need not know ours."""

import math
import re
from collections.abc import Iterable, Sequence

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"

_FIGURE = re.compile(rf"[+{MINUS}]?[\d,]+(\.\d+)?")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None) -> str:
    """Four digits that count.

    >>> number(0.51234), number(1234.5), number(150.0), number(177219)
    ('0.5123', '1,234', '150', '177,219')
    """
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return _finite(float(value)).replace("-", MINUS)


def _finite(value: float) -> str:
    size = abs(value)
    if value == 0:
        return "0"
    if size < 1e-4 or size >= 1e9:
        return _power(value)
    if value.is_integer() or size >= 1000:
        return f"{value:,.0f}"
    return f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")


def _power(value: float) -> str:
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits.rstrip('0').rstrip('.')}{TIMES}{power_of_ten(int(exponent))}"


def power_of_ten(power: int) -> str:
    """
    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return f"10{str(power).translate(_SUPERSCRIPT)}"


def percent(share: float | None) -> str:
    """
    >>> percent(0.96667), percent(1.0), percent(0.99999), percent(0.0004), percent(0)
    ('96.7%', '100%', '>99.9%', '<0.1%', '0%')
    """
    if share is None or math.isnan(share):
        return NOTHING
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%".replace(".0%", "%").replace("-", MINUS)


def signed(text: str) -> str:
    """
    >>> signed("3"), signed("0")
    ('+3', '0')
    """
    return text if text.startswith((MINUS, "0%", NOTHING)) or text == "0" else f"+{text}"


def column(values: Sequence[float]) -> list[str]:
    """Figures that stand below each other: four digits of the largest, the same decimals for all.

    >>> column([75.257, 0.449]), column([16.0, 9.0]), column([0.25, 1.5])
    (['75.26', '0.45'], ['16', '9'], ['0.25', '1.50'])
    """
    largest = max(map(abs, values), default=0.0)
    if not 1e-4 <= largest < 1e9:
        return [number(value) for value in values]
    decimals = max(0, 3 - int(f"{largest:e}".split("e")[1]))
    texts = [f"{value:,.{decimals}f}" for value in values]
    while "." in texts[0] and all(text.endswith(("0", ".")) for text in texts):
        texts = [text[:-1] for text in texts]
    return [text.replace("-", MINUS) for text in texts]


def aligned(texts: Sequence[str]) -> list[str]:
    """Plain figures with as many decimals as the one that has most; anything else stays as it is.

    >>> aligned(["5", "4.95"]), aligned(["5", "missing"])
    (['5.00', '4.95'], ['5', 'missing'])
    """
    if not all(map(is_figure, texts)):
        return list(texts)
    decimals = [len(text.partition(".")[2]) for text in texts]
    most = max(decimals, default=0)
    return [t + "." * (d == 0 < most) + "0" * (most - d) for t, d in zip(texts, decimals, strict=True)]


def is_figure(text: str) -> bool:
    """
    >>> is_figure("1,234.5"), is_figure("2004-08-19"), is_figure("setosa")
    (True, False, False)
    """
    return _FIGURE.fullmatch(text) is not None


def count(many: int, one: str, several: str = "") -> str:
    """
    >>> count(1, "row"), count(1200, "row"), count(0, "class", "classes")
    ('1 row', '1,200 rows', '0 classes')
    """
    return f"{many:,} {one if many == 1 else several or one + 's'}"


def words(name: str) -> str:
    """
    >>> words("shuffled_labels")
    'shuffled labels'
    """
    return name.replace("_", " ")


def inside(label: str) -> str:
    """A label as it stands within a sentence.

    >>> inside("Mean absolute error"), inside("R²"), inside("F1")
    ('mean absolute error', 'R²', 'F1')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def listed(items: Iterable[str], most: int = 8) -> str:
    """
    >>> listed("abc"), listed("abcde", most=3)
    ('a, b, c', 'a, b, c and 2 more')
    """
    every = list(items)
    more = len(every) - most
    return ", ".join(every[:most]) + (f" and {more} more" if more > 0 else "")
