"""From numbers to places on an axis, and where its ticks stand."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stages.report.format_text import MINUS, number, power_of_ten

Tick = tuple[float, str]

_UNITS = ((9, "B"), (6, "M"), (4, "k"))


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`; `at` says how far along it a value lies, as a fraction."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    log: bool = False

    def at(self, value: float) -> float:
        """
        >>> Scale(0, 10, ()).at(2.5), Scale(1, 100, (), log=True).at(10)
        (0.25, 0.5)
        """
        low, high = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        return ((math.log10(value) if self.log else value) - low) / (high - low)


def fitted(values: Iterable[float]) -> Scale:
    """Round ends just outside the values; logarithmic where they span two powers of ten or more.

    >>> [text for _, text in fitted([0.13, 0.87]).ticks]
    ['0', '0.2', '0.4', '0.6', '0.8', '1']
    >>> [text for _, text in fitted([3, 900]).ticks]
    ['1', '10', '100', '1,000']
    """
    low, high = _ends(values)
    return logarithmic(low, high) if low > 0 and high / low >= 100 else linear(low, high)


def linear_over(values: Iterable[float]) -> Scale:
    return linear(*_ends(values))


def linear(low: float, high: float, about: int = 5) -> Scale:
    """Both ends are ticks."""
    step = nice_step(high - low, about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = multiples(first, last, step)
    return Scale(ticks[0][0], ticks[-1][0], ticks)


def logarithmic(low: float, high: float) -> Scale:
    """From one power of ten to another; on a tall axis only some of the powers get a tick."""
    first = exponent(low)
    last = exponent(high) + (10.0 ** exponent(high) < high)
    every = -(-(last - first) // 6)
    plain = first >= -3 and last <= 6
    ticks = tuple((ten(p), number(ten(p)) if plain else power_of_ten(p)) for p in range(first, last + 1, every))
    return Scale(ten(first), ten(last), ticks, log=True)


def counting(first: int, last: int, about: int = 6) -> Scale:
    """Ends exactly where the count does, with ticks on whole numbers.

    >>> [text for _, text in counting(1, 20).ticks]
    ['1', '5', '10', '15', '20']
    """
    low, high = _apart(float(first), float(last))
    step = max(1.0, nice_step(high - low, about))
    ticks = multiples(math.ceil(low / step), math.floor(high / step), step)
    if low == 1 and step > 1:
        ticks = ((1.0, "1"), *(t for t in ticks if t[0] > step / 2))
    return Scale(low, high, ticks)


def dated(times: Sequence[str], first: int, last: int, about: int = 6) -> Scale:
    """From one row to another, with ticks where a year, a month or a day begins.

    >>> dated(["2004-11-30", "2004-12-31", "2005-01-03", "2006-01-03", "2007-01-03"], 0, 4).ticks
    ((2, '2005'), (3, '2006'), (4, '2007'))
    """
    starts: list[Tick] = []
    for width in (4, 7, 10, 16):
        starts = [(row, times[row][:width]) for row in range(first + 1, last + 1) if _turns(times, row, width)]
        if len(starts) >= 3:
            break
    every = -(-len(starts) // about) or 1
    return Scale(float(first), float(max(first + 1, last)), tuple(starts[::every]))


def _turns(times: Sequence[str], row: int, width: int) -> bool:
    return times[row][:width] != times[row - 1][:width]


def nice_step(span: float, about: int) -> float:
    """1, 2 or 5 times a power of ten, so that `about` steps cover the span.

    >>> nice_step(1, 5), nice_step(0.74, 5), nice_step(130, 5)
    (0.2, 0.2, 50.0)
    """
    wanted = span / about
    power = exponent(wanted)
    return next(step for step in (float(f"{m}e{power}") for m in (1, 2, 5, 10)) if step >= wanted * (1 - 1e-9))


def multiples(first: int, last: int, step: float) -> tuple[Tick, ...]:
    """
    >>> multiples(0, 2, 0.5)
    ((0.0, '0'), (0.5, '0.5'), (1.0, '1'))
    """
    values = [i * step for i in range(first, last + 1)]
    largest = max(map(abs, values), default=0.0)
    return tuple((value, tick_text(value, step, largest)) for value in values)


def tick_text(value: float, step: float, largest: float) -> str:
    """As many digits as neighbouring ticks need to differ, and a unit where all of them are large.

    >>> tick_text(15e6, 5e6, 25e6), tick_text(0.30000000000000004, 0.1, 1)
    ('15M', '0.3')
    """
    if value == 0:
        return "0"
    if largest < 1e-3:
        return number(value)
    size, unit = next(((p, u) for p, u in _UNITS if largest >= 10.0**p), (0, ""))
    size = 3 if unit == "k" else size
    text = f"{value / 10.0**size:,.{max(0, size - exponent(step))}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS) + unit


def exponent(value: float) -> int:
    """Which power of ten a number starts with; read off its text, as log10 may miss by one.

    >>> exponent(1000), exponent(0.02), exponent(99.9)
    (3, -2, 1)
    """
    return int(f"{value:.12e}".split("e")[1])


def ten(power: int) -> float:
    """The float nearest to it, which 10.0**power may miss."""
    return float(f"1e{power}")


def _ends(values: Iterable[float]) -> tuple[float, float]:
    finite = [v for v in values if math.isfinite(v)]
    return _apart(min(finite, default=0.0), max(finite, default=1.0))


def _apart(low: float, high: float) -> tuple[float, float]:
    """A value that never changes still needs an axis with room around it."""
    if low < high:
        return low, high
    room = abs(low) * 0.1 or 1.0
    return low - room, high + room
