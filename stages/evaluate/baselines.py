"""What is reached without the model, on the same rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedData, TargetSpec
from stages.core.errors import ErrorList
from stages.evaluate.params import Baseline, Evaluate

Array = NDArray[Any]
FOR_CLASSES = ("majority", "shuffled")
FOR_VALUES = ("linear", "persistence")


def check_baselines(params: Evaluate, processed: ProcessedData) -> None:
    """Each baseline fits some target, and each target has some baseline."""
    fitting = {name: _fitting(target, processed) for name, target in processed.fitted.targets.items()}
    useful = list(dict.fromkeys(b for baselines in fitting.values() for b in baselines))
    errors = ErrorList()
    for chosen in params.baselines:
        errors.check(chosen in useful, f"evaluate.baselines: {chosen} fits no target; use {' or '.join(useful)}")
    errors.raise_if_any()
    for name, baselines in fitting.items():
        has_one = not set(baselines).isdisjoint(params.baselines)
        errors.check(has_one, f"evaluate.baselines: none for target {name}; add {' or '.join(baselines)}")
    errors.raise_if_any()


def baseline(name: Baseline, target: str, processed: ProcessedData, split: str, seed: int) -> Array | None:
    """Predictions for one target in its own unit; None where this baseline says nothing about it."""
    if name not in _fitting(processed.fitted.targets[target], processed):
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


def _fitting(target: TargetSpec, processed: ProcessedData) -> tuple[str, ...]:
    if target.classes is not None:
        return FOR_CLASSES
    return FOR_VALUES if processed.fitted.window else FOR_VALUES[:1]


def majority(trained_on: Array, samples: int) -> Array:
    """
    >>> majority(np.array([2, 0, 2]), 2).tolist()
    [2, 2]
    """
    return np.full(samples, np.bincount(trained_on).argmax())


def shuffled(truth: Array, seed: int) -> Array:
    labels: Array = np.random.default_rng(seed).permutation(truth)
    return labels


def linear(target: str, processed: ProcessedData, split: str) -> Array:
    """Least squares on the training rows, from the inputs as the model sees them."""
    weights = np.linalg.lstsq(_design(processed, TRAIN), processed.truth(TRAIN)[target], rcond=None)[0]
    predicted: Array = _design(processed, split) @ weights
    return predicted


def persistence(target: str, processed: ProcessedData, split: str) -> Array:
    """Nothing changes within the horizon."""
    shape = processed.fitted.window
    assert shape is not None
    series = processed.splits[split].targets[target]
    last_seen = series[shape.last_input_rows(len(series))]
    return processed.fitted.targets[target].inverse(last_seen)


def _design(processed: ProcessedData, split: str) -> NDArray[np.float64]:
    inputs = [x.reshape(len(x), -1) for x in processed.inputs(split).values()]
    return np.column_stack([*inputs, np.ones(processed.sample_count(split))]).astype(np.float64)
