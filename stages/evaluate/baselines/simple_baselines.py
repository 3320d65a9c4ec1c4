"""Predictions without a library: from the training rows' classes, the last known value, or least squares."""

import numpy as np

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.evaluate.baselines.choose_baselines import applicable_baselines
from stages.evaluate.baselines.flat_inputs import flat_inputs
from stages.evaluate.params import Baseline
from stages.evaluate.target_predictions import Array, TargetPredictions


def baseline_predictions(
    name: Baseline, target: str, processed: ProcessedData, split: str, seed: int
) -> TargetPredictions | None:
    """None if the baseline does not apply to the target."""
    spec = processed.fitted.targets[target]
    if name not in applicable_baselines(spec, processed):
        return None
    predicted: Array
    match name:
        case "majority":
            counts = np.bincount(processed.truth(TRAIN)[target], processed.weights(TRAIN), minlength=spec.width)
            predicted = np.full(processed.sample_count(split), counts.argmax())
            return TargetPredictions(predicted, np.tile(counts / counts.sum(), (len(predicted), 1)))
        case "shuffled":
            predicted = np.random.default_rng(seed).permutation(processed.truth(split)[target])
        case "linear":
            predicted = least_squares_predictions(target, processed, split)
        case "persistence":
            window = processed.fitted.window
            assert window is not None
            history = processed.history(split, target)
            predicted = np.tile(history.values[history.origins], (1, len(window.steps_ahead)))
    return TargetPredictions(predicted)


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
