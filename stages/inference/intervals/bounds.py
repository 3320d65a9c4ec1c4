"""The lower and upper bounds of forecasts, moved by errors that evaluate measured.

All arrays are matrices of forecasts and outputs; an output is a column at a step ahead. Errors are in units of a scale
that each forecast has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.inference.intervals.error_space import ErrorSpace

Values = NDArray[np.float64]


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
class BoundErrors:
    """What is added to each bound, for each output, in units of the scale."""

    lower: Values | Sequence[float]
    upper: Values | Sequence[float]


def moved_bounds(predicted: Bounds, errors: BoundErrors, scale: Values | float, space: ErrorSpace) -> Bounds:
    """Bounds that would cross become their middle.

    >>> forecast = Bounds(np.array([[5.0]]), np.array([[5.0]]))
    >>> bounds = moved_bounds(forecast, BoundErrors([-1.0], [2.0]), 3.0, ErrorSpace())
    >>> bounds.lower.tolist(), bounds.upper.tolist()
    ([[2.0]], [[11.0]])
    """
    low, high = ordered(predicted, space)
    low = low + np.asarray(errors.lower, np.float64) * scale
    high = high + np.asarray(errors.upper, np.float64) * scale
    middle = (low + high) / 2
    return Bounds(space.from_space(np.minimum(low, middle)), space.from_space(np.maximum(high, middle)))


def ordered(bounds: Bounds, space: ErrorSpace) -> tuple[Values, Values]:
    """Both bounds in the space of errors. A model can predict a low quantile above a high one."""
    one, other = space.to_space(bounds.lower), space.to_space(bounds.upper)
    return np.minimum(one, other), np.maximum(one, other)
