"""The axis of a parameter: numbers from the lower to the upper end of its range, or its choices one below another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from stages.cli.tune.page.parameter_text import exact_text
from stages.cli.tune.study import Choices, NumberRange
from stages.report.charts.axis_scales import Scale, Tick, exact_power, exponent, linear_scale
from stages.report.rendering.format_text import format_number

# Of the length of the axis.
LEAST_DISTANCE_OF_TICKS = 0.09


@dataclass(frozen=True)
class ParameterAxis:
    """`choices` are the positions of the texts; empty for numbers."""

    scale: Scale
    choices: dict[str, float] = field(default_factory=dict)
    note: str = ""

    def fraction(self, value: float | int | str) -> float:
        """The position of a value: 0 is the lower end, 1 the upper one. A value beyond an end is at the end."""
        if self.choices:
            return self.scale.fraction(self.choices[exact_text(value)])
        return self.scale.fraction(min(self.scale.high, max(self.scale.low, float(value))))


def parameter_axis(limits: NumberRange | Choices | None, values: Sequence[float | int | str]) -> ParameterAxis:
    """`values` are those of the trials: the default may be outside the range, and then the axis is longer."""
    numbers = [float(value) for value in values if not isinstance(value, str)]
    if isinstance(limits, Choices) or len(numbers) < len(values):
        listed = limits.values if isinstance(limits, Choices) else []
        return _choices_axis(list(dict.fromkeys([*listed, *map(exact_text, values)])))
    log = limits is not None and limits.log
    ends = [limits.low, limits.high] if limits is not None else []
    inside = [number for number in [*ends, *numbers] if number > 0 or not log]
    return ParameterAxis(number_scale(min(inside, default=0.0), max(inside, default=1.0), log))


def _choices_axis(texts: Sequence[str]) -> ParameterAxis:
    """The first choice is at the top; of numbers, the largest one."""
    if all(map(_is_number, texts)):
        texts = sorted(texts, key=float, reverse=True)
    positions = {text: float(number) for number, text in enumerate(texts)}
    ticks = tuple((place, text) for text, place in positions.items())
    last = len(texts) - 1.0
    return ParameterAxis(Scale(last, 0.0, ticks) if last else Scale(1.0, -1.0, ticks), positions)


def _is_number(text: str) -> bool:
    """
    >>> _is_number("1e-05"), _is_number("[1]")
    (True, False)
    """
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def number_scale(low: float, high: float, log: bool) -> Scale:
    """With ticks at both ends, and between them at powers of ten or at multiples of a round number.

    >>> [text for _, text in number_scale(0.0002, 0.05, log=True).ticks]
    ['0.0002', '0.001', '0.01', '0.05']
    >>> [text for _, text in number_scale(8, 100, log=False).ticks]
    ['8', '20', '40', '60', '80', '100']
    """
    if low == high:
        return Scale(low - 1, high + 1, ((low, format_number(low)),))
    if log:
        between = [exact_power(power) for power in range(exponent(low) + 1, exponent(high) + 1)]
    else:
        between = [value for value, _ in linear_scale([low, high]).ticks]
    plain = Scale(low, high, (), log)
    return Scale(low, high, tuple(_ticks(plain, between)), log)


def _ticks(scale: Scale, between: Sequence[float]) -> list[Tick]:
    """Those that are far enough from the ones before and from the ends."""
    chosen = [scale.low]
    for value in between:
        if scale.low < value < scale.high:
            place = scale.fraction(value)
            if min(place - scale.fraction(chosen[-1]), 1 - place) >= LEAST_DISTANCE_OF_TICKS:
                chosen.append(value)
    return [(value, format_number(value)) for value in [*chosen, scale.high]]
