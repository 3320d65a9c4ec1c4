"""The predictions of one column of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from stages.report.dataset_results import Predictions

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class PredictedColumn:
    """One entry per line of predictions.csv: the raw row of the predicted value, the truth and the prediction.

    `steps` is how many rows ahead each prediction is, if a sample has several. `lower` and `upper` are the bounds of
    the intervals, if there are any.
    """

    name: str
    rows: Sequence[int]
    truth: Sequence[float]
    predicted: Sequence[float]
    steps: Sequence[int] = ()
    lower: Sequence[float] = ()
    upper: Sequence[float] = ()

    def select(self, lines: Sequence[int]) -> "PredictedColumn":
        """Only these lines, in this order.

        >>> PredictedColumn("x", [7, 8, 9], [1.0, 2.0, 3.0], [1.5, 2.5, 3.5]).select([2, 0]).rows
        [9, 7]
        """

        def selected(field: Sequence[Number]) -> list[Number]:
            return [field[line] for line in lines] if field else []

        return PredictedColumn(
            self.name,
            selected(self.rows),
            selected(self.truth),
            selected(self.predicted),
            selected(self.steps),
            selected(self.lower),
            selected(self.upper),
        )

    def of_step(self, step: int) -> "PredictedColumn":
        """Only the predictions of one step ahead. Without several steps, all of them."""
        return self.select([i for i, each in enumerate(self.steps) if each == step]) if self.steps else self


def predicted_column(name: str, predictions: Predictions) -> PredictedColumn:
    lower, upper = (
        predictions.values(bound) if bound in predictions.columns else []
        for bound in (f"{name}_lower", f"{name}_upper")
    )
    truth, predicted = predictions.values(f"{name}_truth"), predictions.values(f"{name}_predicted")
    return PredictedColumn(name, predictions.rows, truth, predicted, predictions.steps, lower, upper)
