"""The predictions of one column of values."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stages.report.recorded.recorded_predictions import NO_STEPS, Lines, Predictions, Values, lines_of_step

NO_BOUNDS: Values = np.zeros(0)


@dataclass(frozen=True)
class PredictedColumn:
    """One entry per line of predictions.csv: the raw row of the predicted value, the truth and the prediction.

    `steps` is how many rows ahead each prediction is, if a sample has several. `lower` and `upper` are the bounds of
    the intervals, if there are any.
    """

    name: str
    rows: NDArray[np.int64]
    truth: Values
    predicted: Values
    steps: NDArray[np.int64] = field(default_factory=lambda: NO_STEPS)
    lower: Values = field(default_factory=lambda: NO_BOUNDS)
    upper: Values = field(default_factory=lambda: NO_BOUNDS)

    @property
    def has_steps(self) -> bool:
        return len(self.steps) > 0

    @property
    def has_interval(self) -> bool:
        return len(self.lower) > 0

    def select(self, lines: Lines | Sequence[int]) -> "PredictedColumn":
        """Only these lines, in this order.

        >>> PredictedColumn("x", np.array([7, 8, 9]), np.arange(3.0), np.arange(3.0)).select([2, 0]).rows
        array([9, 7])
        """
        chosen = lines if isinstance(lines, slice) else np.asarray(lines, np.int64)
        return PredictedColumn(
            self.name,
            self.rows[chosen],
            self.truth[chosen],
            self.predicted[chosen],
            self.steps[chosen] if self.has_steps else self.steps,
            self.lower[chosen] if self.has_interval else self.lower,
            self.upper[chosen] if self.has_interval else self.upper,
        )

    def of_step(self, step: int) -> "PredictedColumn":
        """Only the predictions of one step ahead. Without several steps, all of them."""
        return self.select(lines_of_step(self.steps, step)) if self.has_steps else self


def predicted_column(name: str, predictions: Predictions) -> PredictedColumn:
    values = predictions.values
    return PredictedColumn(
        name,
        predictions.rows,
        values[f"{name}_truth"],
        values[f"{name}_predicted"],
        predictions.steps,
        values.get(f"{name}_lower", NO_BOUNDS),
        values.get(f"{name}_upper", NO_BOUNDS),
    )
