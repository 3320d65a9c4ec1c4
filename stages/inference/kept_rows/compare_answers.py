"""The answers of a model to its kept rows, and how far other answers are from them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.records.record import Record
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import Predictions, TargetPrediction

Numbers = list[list[float]]
# By name: `probabilities` of classes; or `values`, and `lower` and `upper` where there is an interval.
TargetAnswers = dict[str, Numbers]


class Answers(Record):
    """By target, a row for each prediction. `rows` is the number of kept rows, which have these `columns`.

    `tolerance` is the most by which an answer may differ; see difference().
    """

    rows: int
    columns: list[str]
    tolerance: float
    targets: dict[str, TargetAnswers]


def answers_of(predictions: Predictions, rows: RawRows, tolerance: float) -> Answers:
    targets = {
        target: {name: array.tolist() for name, array in arrays.items()}
        for target, arrays in answer_arrays(predictions).items()
    }
    return Answers(rows=len(rows), columns=list(rows.columns), tolerance=tolerance, targets=targets)


def answer_arrays(predictions: Predictions) -> dict[str, dict[str, NDArray[np.float64]]]:
    return {target: _arrays(prediction) for target, prediction in predictions.items()}


def _arrays(prediction: TargetPrediction) -> dict[str, NDArray[np.float64]]:
    if prediction.probabilities is not None:
        found = {"probabilities": prediction.probabilities}
    else:
        bounds = {"lower": prediction.lower, "upper": prediction.upper}
        found = {"values": prediction.predicted} | {name: array for name, array in bounds.items() if array is not None}
    return {name: np.asarray(array, np.float64).reshape(len(array), -1) for name, array in found.items()}


def difference(expected: Answers, found: Mapping[str, Mapping[str, NDArray[Any]]]) -> float:
    """The largest difference: of probabilities as it is, of values as a share of the largest expected one.

    No number if an answer is none.

    >>> kept = Answers(rows=1, columns=["x"], tolerance=0.1, targets={"y": {"values": [[50.0, 100.0]]}})
    >>> difference(kept, {"y": {"values": np.array([[50.0, 99.0]])}})
    0.01
    """
    differences = []
    for target, answers in expected.targets.items():
        for name, numbers in answers.items():
            kept = np.array(numbers)
            scale = 1.0 if name == "probabilities" else np.abs(kept).max() or 1.0
            differences.append(np.abs(kept - found[target][name]).max() / scale)
    return float(np.max(differences))
