"""Predictions without the model, for the same rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedData, TargetSpec
from stages.core.errors import ErrorList
from stages.evaluate.params import Baseline, Evaluate

Array = NDArray[Any]
CLASS_BASELINES = ("majority", "shuffled")
VALUE_BASELINES = ("linear", "persistence")


def check_baselines(params: Evaluate, processed: ProcessedData) -> None:
    """Raise UserError unless each baseline applies to a target and each target has a baseline."""
    applicable = {name: _applicable(target, processed) for name, target in processed.fitted.targets.items()}
    allowed = list(dict.fromkeys(baseline for baselines in applicable.values() for baseline in baselines))
    errors = ErrorList()
    for chosen in params.baselines:
        errors.check(chosen in allowed, f"evaluate.baselines: {chosen} fits no target; use {' or '.join(allowed)}")
    errors.raise_if_any()
    for name, baselines in applicable.items():
        has_baseline = not set(baselines).isdisjoint(params.baselines)
        errors.check(has_baseline, f"evaluate.baselines: none for target {name}; add {' or '.join(baselines)}")
    errors.raise_if_any()


def baseline_predictions(name: Baseline, target: str, processed: ProcessedData, split: str, seed: int) -> Array | None:
    """Class numbers, or values in the target's own unit; None if the baseline does not apply to the target."""
    if name not in _applicable(processed.fitted.targets[target], processed):
        return None
    match name:
        case "majority":
            return majority(processed.truth(TRAIN)[target], processed.sample_count(split))
        case "shuffled":
            return shuffled(processed.truth(split)[target], seed)
        case "linear":
            return linear(target, processed, split)
        case "persistence":
            return persistence(target, processed, split)


def _applicable(target: TargetSpec, processed: ProcessedData) -> tuple[str, ...]:
    if target.classes is not None:
        return CLASS_BASELINES
    return VALUE_BASELINES if processed.fitted.window else VALUE_BASELINES[:1]


def majority(training_classes: Array, samples: int) -> Array:
    """
    >>> majority(np.array([2, 0, 2]), 2).tolist()
    [2, 2]
    """
    return np.full(samples, np.bincount(training_classes).argmax())


def shuffled(truth: Array, seed: int) -> Array:
    labels: Array = np.random.default_rng(seed).permutation(truth)
    return labels


def linear(target: str, processed: ProcessedData, split: str) -> Array:
    """Least squares on the training rows, with the inputs of the model."""
    weights = np.linalg.lstsq(_design_matrix(processed, TRAIN), processed.truth(TRAIN)[target], rcond=None)[0]
    predicted: Array = _design_matrix(processed, split) @ weights
    return predicted


def persistence(target: str, processed: ProcessedData, split: str) -> Array:
    """The target's value in the last row of each window."""
    window = processed.fitted.window
    assert window is not None
    series = processed.splits[split].targets[target]
    last_values = series[window.last_input_rows(len(series))]
    return processed.fitted.targets[target].inverse(last_values)


def _design_matrix(processed: ProcessedData, split: str) -> NDArray[np.float64]:
    """All inputs of a sample in one row, and a column of ones for the intercept."""
    inputs = [x.reshape(len(x), -1) for x in processed.inputs(split).values()]
    return np.column_stack([*inputs, np.ones(processed.sample_count(split))]).astype(np.float64)
