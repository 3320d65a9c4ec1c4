"""Predictions and metrics of a trained model. Importing this module loads Keras."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import VALIDATION, ProcessedData, sample_blocks
from stages.core.artefacts.records.evaluation import DecisionThreshold, MetricsByTarget
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.own_model.model_files import ModelFiles
from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
from stages.evaluate.decision_threshold import chosen_threshold
from stages.evaluate.metrics.target_metrics import target_metrics
from stages.evaluate.params import Evaluate, ThresholdRule
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions, predict_classes
from stages.inference.keras_model.keras_outputs import model_outputs, outputs_of_samples
from stages.inference.keras_model.losses import LossFunction, loss_functions, mean_loss
from stages.inference.predictions import (
    DEFAULT_THRESHOLD,
    median_outputs,
    predictions_from_outputs,
)

if TYPE_CHECKING:
    from keras import Model

EvaluateModel = Callable[["Model", ProcessedData, str], ModelEvaluation]
NO_POSITIVE_CLASSES: Mapping[str, int] = {}
NO_QUANTILES: Mapping[str, Sequence[float]] = {}


def model_evaluator(
    params: Evaluate, training: TrainingRecord, model_files: ModelFiles, positive: Mapping[str, int]
) -> EvaluateModel:
    """`evaluate_model` with the losses and quantiles of the training, and the threshold of the parameters."""
    return partial(
        evaluate_model,
        losses=loss_functions(training.loss, model_files, training.quantiles),
        threshold=params.threshold,
        positive=positive,
        quantiles=training.quantiles_by_target,
    )


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
        name: replace(predicted, weights=weights, naive_errors=naive.get(name), new_array=processed.new_array)
        for name, predicted in target_predictions(processed, split, points, thresholds, positive).items()
    }
    truth = processed.truth(split)
    metrics: MetricsByTarget = {}
    undefined: dict[str, dict[str, str]] = {}
    for name, target in processed.fitted.targets.items():
        loss = _mean_loss(processed, split, name, losses[name], outputs[name])
        measured = target_metrics(target, truth[name], predictions[name])
        metrics[name] = {"loss": loss} | measured.values
        if measured.undefined:
            undefined[name] = measured.undefined
    return ModelEvaluation(predictions, metrics, undefined, thresholds)


def _mean_loss(
    processed: ProcessedData, split: str, target: str, loss: LossFunction, outputs: NDArray[np.float32]
) -> float:
    """The mean of those of the blocks, each as often as the block has samples."""
    samples = processed.sample_count(split)

    def of_block(block: slice) -> float:
        scaled, weights = processed.targets(split, block)[target], processed.weights(split, block)
        return mean_loss(loss, scaled, outputs[block], weights)

    blocks = sample_blocks(samples)
    if len(blocks) == 1:
        return of_block(blocks[0])
    return float(sum(of_block(block) * (block.stop - block.start) for block in blocks) / samples)


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
            predictions[name] = predict_classes(array, threshold, positive.get(name), processed.compute_in_blocks)
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
    found = predictions_from_outputs(processed, VALIDATION, outputs)
    truth, weights = processed.truth(VALIDATION), processed.weights(VALIDATION)
    return {
        name: chosen_threshold(
            threshold, names[name], truth[name] == number, found[name][:, number], weights, processed.new_array
        )
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
