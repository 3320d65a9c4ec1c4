"""Predictions without a library: from the training rows' classes, or by least squares."""

import numpy as np

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.evaluate.baselines.flat_inputs import flat_inputs
from stages.evaluate.params import SimpleBaseline
from stages.evaluate.target_predictions import Array, TargetPredictions


def baseline_predictions(
    name: SimpleBaseline, target: str, processed: ProcessedData, split: str, seed: int
) -> TargetPredictions:
    match name:
        case "majority":
            width = processed.fitted.targets[target].width
            counts = np.bincount(processed.truth(TRAIN)[target], processed.weights(TRAIN), minlength=width)
            predicted = np.full(processed.sample_count(split), counts.argmax())
            return TargetPredictions(predicted, np.tile(counts / counts.sum(), (len(predicted), 1)))
        case "shuffled":
            return TargetPredictions(np.random.default_rng(seed).permutation(processed.truth(split)[target]))
        case "linear":
            return TargetPredictions(least_squares_predictions(target, processed, split))


def least_squares_predictions(target: str, processed: ProcessedData, split: str) -> Array:
    training_inputs, inputs = (
        np.column_stack([x, np.ones(len(x))]) for x in (flat_inputs(processed, name) for name in (TRAIN, split))
    )
    values, weights = processed.targets(TRAIN)[target].astype(np.float64), processed.weights(TRAIN)
    if weights is not None:
        # The squared error of a row counts as much as its weight.
        roots = np.sqrt(weights.astype(np.float64))[:, None]
        training_inputs, values = training_inputs * roots, values * roots
    return processed.invert(target, split, inputs @ np.linalg.lstsq(training_inputs, values, rcond=None)[0])
