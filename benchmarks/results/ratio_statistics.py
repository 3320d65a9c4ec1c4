"""Medians and quartiles: unlike means, they hardly change if something else disturbs one of few rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Ratio:
    """The ratio of two medians, and the range that the quartiles of both allow."""

    median: float
    low: float
    high: float


def ratio_of_medians(numerator: Sequence[float], denominator: Sequence[float]) -> Ratio:
    """Seconds of the tutorial over ours give how many times as fast ours is.

    >>> ratio_of_medians([12.0, 8.0, 10.0], [1.0, 3.0, 2.0])
    Ratio(median=5.0, low=3.6, high=7.333333333333333)
    """
    low, median, high = _quartiles(numerator)
    divisor_low, divisor_median, divisor_high = _quartiles(denominator)
    return Ratio(median / divisor_median, low / divisor_high, high / divisor_low)


def _quartiles(values: Sequence[float]) -> list[float]:
    return quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
