"""Axes: from values to positions, and the ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stages.report.charts.row_times import RowTimes
from stages.report.rendering.format_text import MINUS, format_number, power_of_ten

# A value and its text.
Tick = tuple[float, str]

_UNITS = ((9, "B"), (6, "M"), (4, "k"))
# Date texts are cut to the year, the month, the day or the minute.
_DATE_WIDTHS = (4, 7, 10, 16)


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    log: bool = False

    def fraction(self, value: float) -> float:
        """The position of a value: 0 is `low`, 1 is `high`.

        >>> Scale(0, 10, ()).fraction(2.5), Scale(1, 100, (), log=True).fraction(10)
        (0.25, 0.5)
        """
        low, high = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        return ((math.log10(value) if self.log else value) - low) / (high - low)


def automatic_scale(values: Iterable[float]) -> Scale:
    """Logarithmic if the values are positive and the largest is at least 100 times the smallest, else linear.

    >>> [text for _, text in automatic_scale([0.13, 0.87]).ticks]
    ['0', '0.2', '0.4', '0.6', '0.8', '1']
    >>> [text for _, text in automatic_scale([3, 900]).ticks]
    ['1', '10', '100', '1,000']
    """
    low, high = _value_range(values)
    return log_scale(low, high) if low > 0 and high / low >= 100 else linear_scale([low, high])


def linear_scale(values: Iterable[float]) -> Scale:
    """From the tick below the lowest finite value to the tick above the highest one."""
    low, high = _value_range(values)
    step = nice_step(high - low, 5)
    ticks = multiples(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9), step)
    return Scale(ticks[0][0], ticks[-1][0], ticks)


def log_scale(low: float, high: float) -> Scale:
    """From the power of ten below `low` to the one above `high`, with at most seven ticks."""
    first = exponent(low)
    last = exponent(high) + (10.0 ** exponent(high) < high)
    plain = first >= -3 and last <= 6
    powers = range(first, last + 1, -(-(last - first) // 6))
    ticks = [(exact_power(p), format_number(exact_power(p)) if plain else power_of_ten(p)) for p in powers]
    return Scale(exact_power(first), exact_power(last), tuple(ticks), log=True)


def integer_scale(first: int, last: int) -> Scale:
    """From `first` to `last` exactly, with ticks at whole numbers.

    >>> [text for _, text in integer_scale(1, 20).ticks]
    ['1', '5', '10', '15', '20']
    """
    low, high = _value_range([float(first), float(last)])
    step = max(1.0, nice_step(high - low, 6))
    ticks = multiples(math.ceil(low / step), math.floor(high / step), step)
    if low == 1 and step > 1:
        ticks = ((1.0, "1"), *(tick for tick in ticks if tick[0] > step / 2))
    return Scale(low, high, ticks)


def date_scale(times: Sequence[str], first: int, last: int) -> Scale:
    """From row `first` to row `last`, with a tick where a year, a month or a day begins.

    >>> date_scale(["2004-11-30", "2004-12-31", "2005-01-03", "2006-01-03", "2007-01-03"], 0, 4).ticks
    ((2, '2005'), (3, '2006'), (4, '2007'))
    """
    starts: list[Tick] = []
    for width in _DATE_WIDTHS:
        starts = [(row, times[row][:width]) for row in _changes(times, width, first, last)]
        if len(starts) >= 3:
            break
    # Texts with a time of day are long.
    every = -(-len(starts) // (3 if len(starts) and len(starts[0][1]) > 10 else 6)) or 1
    return Scale(float(first), float(max(first + 1, last)), tuple(starts[::every]))


def _changes(times: Sequence[str], width: int, first: int, last: int) -> list[int]:
    """The rows whose text differs in its first characters from the row before it."""
    if isinstance(times, RowTimes):
        return times.changes(width, first, last)
    short = [time[:width] for time in times[first : last + 1]]
    return [first + i for i in range(1, len(short)) if short[i] != short[i - 1]]


def short_dates(times: Sequence[str]) -> list[str]:
    """Cut to the year, the month, the day or the minute, so that all differ.

    >>> short_dates(["2019-01-01", "2019-07-01"]), short_dates(["2019-01-01"])
    (['2019-01', '2019-07'], ['2019'])
    """
    cut = ([time[:width] for time in times] for width in _DATE_WIDTHS)
    return next((texts for texts in cut if len(set(texts)) == len(texts)), list(times))


def nice_step(span: float, steps: int) -> float:
    """1, 2 or 5 times a power of ten, so that about `steps` steps cover the span.

    >>> nice_step(1, 5), nice_step(0.74, 5), nice_step(130, 5)
    (0.2, 0.2, 50.0)
    """
    wanted = span / steps
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
    """With as many digits as neighbouring ticks need to differ, and with a unit if the largest tick is large.

    >>> tick_text(15e6, 5e6, 25e6), tick_text(0.30000000000000004, 0.1, 1)
    ('15M', '0.3')
    """
    if value == 0:
        return "0"
    if largest < 1e-3:
        return format_number(value)
    size, unit = next(((p, u) for p, u in _UNITS if largest >= 10.0**p), (0, ""))
    size = 3 if unit == "k" else size
    text = f"{value / 10.0**size:,.{max(0, size - exponent(step))}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS) + unit


def exponent(value: float) -> int:
    """The power of ten of the first digit; taken from the text, since log10 may be off by one.

    >>> exponent(1000), exponent(0.02), exponent(99.9)
    (3, -2, 1)
    """
    return int(f"{value:.12e}".split("e")[1])


def exact_power(power: int) -> float:
    """The float nearest to the power of ten; 10.0**power may be another one."""
    return float(f"1e{power}")


def _value_range(values: Iterable[float]) -> tuple[float, float]:
    """The lowest and the highest finite value; a range of one value gets room on both sides."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    room = (abs(low) * 0.1 or 1.0) if low == high else 0.0
    return low - room, high + room
