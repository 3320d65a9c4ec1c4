"""Predictions and metrics of a trained model. Importing this module loads Keras."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import VALIDATION, ProcessedData
from stages.core.artefacts.records.evaluation import DecisionThreshold, MetricsByTarget
from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
from stages.evaluate.decision_threshold import chosen_threshold
from stages.evaluate.metrics.target_metrics import target_metrics
from stages.evaluate.params import ThresholdRule
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions, predict_classes
from stages.inference.keras_model.keras_outputs import model_outputs, outputs_of_samples
from stages.inference.keras_model.losses import LossFunction, mean_loss
from stages.inference.predictions import (
    DEFAULT_THRESHOLD,
    class_probabilities,
    median_outputs,
    predictions_from_outputs,
)

if TYPE_CHECKING:
    from keras import Model

NO_POSITIVE_CLASSES: Mapping[str, int] = {}
NO_QUANTILES: Mapping[str, Sequence[float]] = {}


def evaluate_model(
    model: "Model",
    processed: ProcessedData,
    split: str,
    losses: Mapping[str, LossFunction],
    threshold: float | ThresholdRule = DEFAULT_THRESHOLD,
    positive: Mapping[str, int] = NO_POSITIVE_CLASSES,
    quantiles: Mapping[str, Sequence[float]] = NO_QUANTILES,
) -> ModelEvaluation:
    """`losses` has the loss that each target was trained with, `positive` the number of its positive class.

    `quantiles` are those that the model predicts of a target; the median is the prediction.
    """
    outputs = model_outputs(model, processed, split)
    thresholds = decision_thresholds(model, processed, threshold, positive)
    weights, naive = processed.weights(split), naive_errors_of_targets(processed)
    points = median_outputs(outputs, quantiles)
    predictions = {
        name: replace(predicted, weights=weights, naive_errors=naive.get(name))
        for name, predicted in target_predictions(processed, split, points, thresholds, positive).items()
    }
    scaled, truth = processed.targets(split), processed.truth(split)
    metrics: MetricsByTarget = {}
    undefined: dict[str, dict[str, str]] = {}
    for name, target in processed.fitted.targets.items():
        loss = mean_loss(losses[name], scaled[name], outputs[name], weights)
        measured = target_metrics(target, truth[name], predictions[name])
        metrics[name] = {"loss": loss} | measured.values
        if measured.undefined:
            undefined[name] = measured.undefined
    return ModelEvaluation(predictions, metrics, undefined, thresholds)


def target_predictions(
    processed: ProcessedData,
    split: str,
    outputs: Mapping[str, NDArray[np.float32]],
    thresholds: Mapping[str, DecisionThreshold],
    positive: Mapping[str, int],
) -> dict[str, TargetPredictions]:
    predictions = {}
    for name, array in predictions_from_outputs(processed, split, outputs).items():
        if processed.fitted.targets[name].classes is None:
            predictions[name] = TargetPredictions(array)
        else:
            threshold = thresholds[name].value if name in thresholds else DEFAULT_THRESHOLD
            predictions[name] = predict_classes(array, threshold, positive.get(name))
    return predictions


def decision_thresholds(
    model: "Model", processed: ProcessedData, threshold: float | ThresholdRule, positive: Mapping[str, int]
) -> dict[str, DecisionThreshold]:
    """For each target with two classes; none for the default threshold, which is the most probable class."""
    if threshold == DEFAULT_THRESHOLD:
        return {}
    binary = {name: t.classes for name, t in processed.fitted.targets.items() if t.classes and t.width == 2}
    numbers = {name: positive.get(name, 1) for name in binary}
    names = {name: classes[numbers[name]] for name, classes in binary.items()}
    if isinstance(threshold, float):
        return {name: DecisionThreshold(value=threshold, positive=names[name]) for name in binary}
    outputs = model_outputs(model, processed, VALIDATION)
    probabilities = {name: class_probabilities(processed.fitted.targets[name], outputs[name]) for name in numbers}
    truth, weights = processed.truth(VALIDATION), processed.weights(VALIDATION)
    return {
        name: chosen_threshold(threshold, names[name], truth[name] == number, probabilities[name][:, number], weights)
        for name, number in numbers.items()
    }


def predictor_of_target(
    model: "Model",
    processed: ProcessedData,
    target: str,
    thresholds: Mapping[str, DecisionThreshold],
    positive: Mapping[str, int] = NO_POSITIVE_CLASSES,
    quantiles: Mapping[str, Sequence[float]] = NO_QUANTILES,
) -> Callable[[Mapping[str, Any]], TargetPredictions]:
    """A function from inputs without windows to the model's predictions of the target."""

    def predict(inputs: Mapping[str, Any]) -> TargetPredictions:
        # A forecast would need the history of each window.
        assert processed.fitted.window is None
        outputs = median_outputs(outputs_of_samples(model, [*processed.fitted.targets], inputs), quantiles)
        return target_predictions(processed, VALIDATION, outputs, thresholds, positive)[target]

    return predict
