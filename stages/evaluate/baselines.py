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


def _applicable(target: TargetSpec, processed: ProcessedData) -> tuple[str, ...]:
    if target.classes is not None:
        return CLASS_BASELINES
    return VALUE_BASELINES if processed.fitted.window else VALUE_BASELINES[:1]


def baseline_predictions(name: Baseline, target: str, processed: ProcessedData, split: str, seed: int) -> Array | None:
    """Class numbers, or values in the target's own unit; None if the baseline does not apply to the target."""
    if name not in _applicable(processed.fitted.targets[target], processed):
        return None
    predicted: Array
    match name:
        case "majority":
            counts = np.bincount(processed.truth(TRAIN)[target])
            predicted = np.full(processed.sample_count(split), counts.argmax())
        case "shuffled":
            predicted = np.random.default_rng(seed).permutation(processed.truth(split)[target])
        case "linear":
            training_inputs = _design_matrix(processed, TRAIN)
            weights = np.linalg.lstsq(training_inputs, processed.truth(TRAIN)[target], rcond=None)[0]
            predicted = _design_matrix(processed, split) @ weights
        case "persistence":
            window = processed.fitted.window
            assert window is not None
            series = processed.splits[split].targets[target]
            predicted = processed.fitted.targets[target].inverse(series[window.last_input_rows(len(series))])
    return predicted


def _design_matrix(processed: ProcessedData, split: str) -> NDArray[np.float64]:
    """All inputs of a sample in one row, and a column of ones for the intercept."""
    inputs = [x.reshape(len(x), -1) for x in processed.inputs(split).values()]
    return np.column_stack([*inputs, np.ones(processed.sample_count(split))]).astype(np.float64)
