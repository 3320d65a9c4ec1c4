"""Intervals around forecasts, whose width comes from the errors on validation samples.

All arrays are matrices of samples and outputs; each output, which is a column at a step ahead, has a width of its own.
The method is split conformal prediction; with predicted quantiles, conformalized quantile regression (Romano,
Patterson and Candès, 2019). Errors are measured in units of a scale that each sample has, how much the series has
changed lately, so that an interval is wide where changes are large. The share of truths in an interval is at least the
level if validation and test samples are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.evaluate.forecasts.error_space import ErrorSpace

Values = NDArray[np.float64]


class TooFewCalibrationSamplesError(Exception):
    """There are too few validation samples for the level. The message says how many it needs."""


@dataclass(frozen=True)
class Bounds:
    """The lower and upper bound of each forecast."""

    lower: Values
    upper: Values

    @property
    def are_finite(self) -> bool:
        """False if a logarithm makes them too large when it is undone."""
        return bool(np.isfinite(self.lower).all() and np.isfinite(self.upper).all())

    def take(self, outputs: slice) -> "Bounds":
        return Bounds(self.lower[:, outputs], self.upper[:, outputs])


@dataclass(frozen=True)
class Scales:
    """The scale of each error, for the validation samples and for those that get an interval."""

    calibration: Values | float = 1.0
    predicted: Values | float = 1.0


NO_SCALES = Scales()


def conformal_bounds(
    level: float,
    calibration: tuple[NDArray[Any], NDArray[Any]],
    predicted: NDArray[Any],
    space: ErrorSpace,
    scales: Scales = NO_SCALES,
) -> Bounds:
    """Around each forecast, from a low to a high quantile of the errors of its output. `calibration`: truth, forecast.

    The errors keep their sign, so that the interval is longer on the side where the truth is farther off.
    """
    truth, forecast = map(space.to_space, calibration)
    errors = np.sort((truth - forecast) / scales.calibration, axis=0)
    rank = _lower_rank(len(errors), level)
    moved = space.to_space(predicted)
    # As many errors are above the upper one as are below the lower one.
    lower, upper = (error * scales.predicted for error in (errors[rank - 1], errors[len(errors) - rank]))
    return Bounds(space.from_space(moved + lower), space.from_space(moved + upper))


def conformal_quantile_bounds(
    level: float,
    truth: NDArray[Any],
    calibration: Bounds,
    predicted: Bounds,
    space: ErrorSpace,
    scales: Scales = NO_SCALES,
) -> Bounds:
    """The predicted bounds, moved outwards or inwards by as many scales for all samples of an output.

    `calibration` are the bounds that the model predicts for the validation samples, whose truth is `truth`.
    """
    lower, upper = _ordered(calibration, space)
    outside = np.maximum(lower - space.to_space(truth), space.to_space(truth) - upper)
    outside = np.sort(outside / scales.calibration, axis=0)
    distance = outside[_rank(len(outside), level) - 1] * scales.predicted
    lower, upper = _ordered(predicted, space)
    lower, upper = lower - distance, upper + distance
    middle = (lower + upper) / 2
    return Bounds(space.from_space(np.minimum(lower, middle)), space.from_space(np.maximum(upper, middle)))


def interval_quantiles(quantiles: Sequence[float], level: float) -> tuple[int, int] | None:
    """The numbers of the two quantiles that are nearest to the bounds of the interval; None if both are the same.

    >>> interval_quantiles([0.05, 0.1, 0.5, 0.9], 0.8), interval_quantiles([0.5], 0.8)
    ((1, 3), None)
    """
    low, high = (1 - level) / 2, (1 + level) / 2
    lower = min(range(len(quantiles)), key=lambda each: (abs(quantiles[each] - low), each))
    upper = min(range(len(quantiles)), key=lambda each: (abs(quantiles[each] - high), -each))
    return (lower, upper) if lower < upper else None


def _lower_rank(samples: int, level: float) -> int:
    """The rank of the lower error, so that half of what is outside the interval is below it.

    >>> _lower_rank(9, 0.8), _lower_rank(19, 0.8), _lower_rank(39, 0.95)
    (1, 2, 1)
    """
    # Exact arithmetic: in floating point 10 * (1 - 0.8) / 2 is less than 1.
    outside = (1 - Fraction(str(level))) / 2
    rank = floor((samples + 1) * outside)
    if rank < 1:
        raise TooFewCalibrationSamplesError(_too_few(level, samples, ceil(1 / outside) - 1))
    return rank


def _rank(samples: int, level: float) -> int:
    """
    >>> _rank(9, 0.8), _rank(4, 0.8)
    (8, 4)
    """
    rank = ceil((samples + 1) * Fraction(str(level)))
    if rank > samples:
        raise TooFewCalibrationSamplesError(_too_few(level, samples, ceil(1 / (1 - Fraction(str(level)))) - 1))
    return rank


def _too_few(level: float, samples: int, needed: int) -> str:
    return f"an interval of {level:.10g} needs at least {needed} validation samples, and there are {samples}"


def _ordered(bounds: Bounds, space: ErrorSpace) -> tuple[Values, Values]:
    """A model can predict a low quantile above a high one."""
    one, other = space.to_space(bounds.lower), space.to_space(bounds.upper)
    return np.minimum(one, other), np.maximum(one, other)
