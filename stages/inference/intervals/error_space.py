"""The unit in which the errors of forecasts are compared with each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.scaling import FittedStep, LinearScaling, apply_steps, inverse_steps
from stages.core.columns.series.row_steps import FittedLog

Values = NDArray[np.float64]
# The logarithm of the smallest number. A forecast of 0, which has none, can be inverted from a very negative output.
LOWEST_LOGARITHM = float(np.log(np.finfo(np.float64).tiny))


@dataclass(frozen=True)
class ErrorSpace:
    """Values after `steps`. With a logarithm, errors are factors of the values; without steps, differences.

    Values have the columns of a target as columns, once for each step ahead.
    """

    steps: Sequence[FittedStep] = ()
    columns: int = 1

    def to_space(self, values: NDArray[Any]) -> Values:
        """
        >>> ErrorSpace([FittedLog()]).to_space(np.array([[1.0, 0.0]])).tolist()
        [[0.0, -708.3964185322641]]
        """
        rows = np.asarray(values, np.float64).reshape(-1, self.columns)
        if self.steps:
            rows = np.maximum(apply_steps(self.steps, rows), LOWEST_LOGARITHM)
        return rows.reshape(np.shape(values))

    def from_space(self, values: Values) -> Values:
        inverted: Values = inverse_steps(self.steps, values.reshape(-1, self.columns))
        return inverted.reshape(values.shape)


def error_space(steps: Sequence[FittedStep], columns: int) -> ErrorSpace:
    """The steps of a target up to its last logarithm, which is that of the level: no difference comes before it."""
    last = max((number for number, step in enumerate(steps) if isinstance(step, FittedLog)), default=-1)
    to_level = steps[: last + 1]
    if not all(isinstance(step, FittedLog | LinearScaling) for step in to_level):
        return ErrorSpace(columns=columns)
    return ErrorSpace(to_level, columns)
