"""The errors of forecasts on validation samples, from which intervals around other forecasts get their width.

All arrays are matrices of samples and outputs; each output, which is a column at a step ahead, has a width of its own.
The method is split conformal prediction; with predicted quantiles, conformalized quantile regression (Romano,
Patterson and Candès, 2019). Errors are measured in units of a scale that each sample has, how much the series has
changed lately, so that an interval is wide where changes are large. The share of truths in an interval is at least the
level if validation and test samples are alike.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.inference.intervals.bounds import BoundErrors, Bounds, ordered
from stages.inference.intervals.error_space import ErrorSpace

Values = NDArray[np.float64]


class TooFewCalibrationSamplesError(Exception):
    """There are too few validation samples for the level. The message says how many it needs."""


def forecast_errors(
    level: float,
    truth: NDArray[Any],
    forecast: NDArray[Any],
    space: ErrorSpace,
    scale: Values | float = 1.0,
) -> BoundErrors:
    """What the bounds are moved by from the forecast: a low and a high quantile of the errors of each output.

    The errors keep their sign, so that the interval is longer on the side where the truth is farther off.
    """
    errors = np.sort((space.to_space(truth) - space.to_space(forecast)) / scale, axis=0)
    rank = _lower_rank(len(errors), level)
    # As many errors are above the upper one as are below the lower one.
    return BoundErrors(errors[rank - 1], errors[len(errors) - rank])


def quantile_errors(
    level: float, truth: NDArray[Any], predicted: Bounds, space: ErrorSpace, scale: Values | float = 1.0
) -> BoundErrors:
    """What the predicted quantiles are moved by, outwards or inwards: as many scales for all samples of an output."""
    lower, upper = ordered(predicted, space)
    outside = np.maximum(lower - space.to_space(truth), space.to_space(truth) - upper)
    outside = np.sort(outside / scale, axis=0)
    distance = outside[_rank(len(outside), level) - 1]
    return BoundErrors(-distance, distance)


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
