"""Predictions of the model or of a baseline, and the metrics of a model's predictions."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.records.evaluation import DecisionThreshold, MetricsByTarget

Array = NDArray[Any]
DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class TargetPredictions:
    """`predicted` holds class numbers, or values in the target's own unit, one row per sample.

    `probabilities` has one column per class. It is None for values, and for a baseline that only names a class.
    `weights` are those of the samples, if rows have weights; with them, weighted metrics are measured too.
    `positive` is the number of the positive class, if `evaluate.positive_class` names it.
    `naive_errors` are those of the naive forecast in the training series, a mean for each column, for values of
    windows; with them, the metrics of forecasts are measured too.
    """

    predicted: Array
    probabilities: Array | None = None
    weights: Array | None = None
    positive: int | None = None
    naive_errors: Array | None = None

    def take(self, samples: NDArray[np.int64]) -> "TargetPredictions":
        probabilities = None if self.probabilities is None else self.probabilities[samples]
        weights = None if self.weights is None else self.weights[samples]
        return replace(self, predicted=self.predicted[samples], probabilities=probabilities, weights=weights)

    def without_probabilities(self) -> "TargetPredictions":
        return replace(self, probabilities=None)

    def with_weights(self, weights: Array | None) -> "TargetPredictions":
        return replace(self, weights=weights)


@dataclass(frozen=True)
class ModelEvaluation:
    """What one model predicts, by target; `undefined` has the reason for each metric that the rows do not define."""

    predictions: dict[str, TargetPredictions]
    metrics: MetricsByTarget
    undefined: dict[str, dict[str, str]]
    thresholds: dict[str, DecisionThreshold]


def predict_classes(
    probabilities: Array, threshold: float = DEFAULT_THRESHOLD, positive: int | None = None
) -> TargetPredictions:
    """The most probable class; of two classes the positive one, if its probability is above the threshold.

    The positive class is the second one, unless `positive` gives its number.

    >>> two_classes = np.array([[0.7, 0.3], [0.4, 0.6]])
    >>> predict_classes(two_classes).predicted.tolist(), predict_classes(two_classes, 0.2).predicted.tolist()
    ([0, 1], [1, 1])
    >>> predict_classes(two_classes, 0.2, positive=0).predicted.tolist()
    [0, 0]
    """
    # The default is the most probable class, for any number of classes: rounding can make both probabilities 0.5.
    if threshold == DEFAULT_THRESHOLD or probabilities.shape[1] != 2:
        return TargetPredictions(np.argmax(probabilities, axis=1), probabilities, positive=positive)
    number = 1 if positive is None else positive
    predicted = np.where(probabilities[:, number] > threshold, number, 1 - number)
    return TargetPredictions(predicted, probabilities, positive=positive)
