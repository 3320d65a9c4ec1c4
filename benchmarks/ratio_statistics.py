"""Medians and how far they can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass


def quantile(values: Sequence[float], share: float) -> float:
    """On a straight line between the two nearest values.

    >>> quantile([3.0, 1.0, 2.0, 4.0], 0.25), quantile([3.0, 1.0, 2.0, 4.0], 0.5), quantile([7.0], 0.75)
    (1.75, 2.5, 7.0)
    """
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


@dataclass(frozen=True)
class Ratio:
    """How many times as fast: of the medians, and between the quartiles that favour the one side and the other."""

    middle: float
    low: float
    high: float


def ratio(slow: Sequence[float], fast: Sequence[float]) -> Ratio:
    """
    >>> ratio([8.0, 10.0, 12.0], [1.0, 2.0, 3.0])
    Ratio(middle=5.0, low=3.6, high=7.333333333333333)
    """
    return Ratio(
        middle=median(slow) / median(fast),
        low=quantile(slow, 0.25) / quantile(fast, 0.75),
        high=quantile(slow, 0.75) / quantile(fast, 0.25),
    )
