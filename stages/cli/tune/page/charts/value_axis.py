"""The axis of the trials' values. A few trials that are far worse than the others do not flatten it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stages.report.charts.axis_scales import Scale, automatic_scale, linear_scale
from stages.report.rendering.format_text import count

# The axis ends at this multiple of the distance of the best value from one that three quarters of the trials reach.
MAX_DISTANCES = 4


@dataclass(frozen=True)
class ValueAxis:
    """`outside` values are worse than the end of the axis."""

    scale: Scale
    outside: int

    def clip(self, value: float) -> float:
        return min(self.scale.high, max(self.scale.low, value))

    @property
    def note(self) -> str:
        """What the caption of a chart says about it."""
        parts = ["logarithmic scale"] if self.scale.log else []
        if self.outside:
            parts.append(f"{count(self.outside, 'value')} beyond the axis, drawn at its end")
        return "; ".join(parts)


def value_axis(values: Sequence[float], better: Literal["higher", "lower"]) -> ValueAxis:
    """
    >>> value_axis([0.5, 0.6, 0.7, 0.8, 0.9, -5000], "higher").outside
    1
    """
    scale = automatic_scale(values)
    if scale.log or not values:
        return ValueAxis(scale, 0)
    ordered = sorted(values, reverse=better == "higher")
    limit = MAX_DISTANCES * abs(ordered[3 * (len(ordered) - 1) // 4] - ordered[0])
    shown = [value for value in ordered if abs(value - ordered[0]) <= limit] if limit else ordered
    scale = linear_scale(shown)
    return ValueAxis(scale, sum(not scale.low <= value <= scale.high for value in values))
