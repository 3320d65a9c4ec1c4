"""Predictions of the model or of a baseline, and the metrics of a model's predictions."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import NewArray, Samples
from stages.core.artefacts.records.evaluation import DecisionThreshold, MetricsByTarget
from stages.inference.predictions import DEFAULT_THRESHOLD, predicted_classes

Array = NDArray[Any]
ComputeInBlocks = Callable[[int, Callable[[slice], Array]], Array]


@dataclass(frozen=True)
class TargetPredictions:
    """`predicted` holds class numbers, or values in the target's own unit, one row per sample.

    `probabilities` has one column per class. It is None for values, and for a baseline that only names a class.
    `weights` are those of the samples, if rows have weights; with them, weighted metrics are measured too.
    `positive` is the number of the positive class, if `evaluate.positive_class` names it.
    `naive_errors` are those of the naive forecast in the training series, a mean for each column, for values of
    windows; with them, the metrics of forecasts are measured too.
    `new_array` makes the arrays in which the probabilities of many samples are sorted.
    """

    predicted: Array
    probabilities: Array | None = None
    weights: Array | None = None
    positive: int | None = None
    naive_errors: Array | None = None
    new_array: NewArray = field(default=np.empty, compare=False)

    def take(self, samples: Samples) -> "TargetPredictions":
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
    probabilities: Array,
    threshold: float = DEFAULT_THRESHOLD,
    positive: int | None = None,
    compute_in_blocks: ComputeInBlocks = lambda samples, compute: compute(slice(0, samples)),
) -> TargetPredictions:
    """The most probable class, or by the threshold for the positive class; see `predicted_classes`.

    `compute_in_blocks` is that of ProcessedData, for probabilities of many samples.
    """
    predicted = compute_in_blocks(
        len(probabilities), lambda block: predicted_classes(probabilities[block], threshold, positive)
    )
    return TargetPredictions(predicted, probabilities, positive=positive)
