"""The intervals around the forecasts of each target, from the errors on validation samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.core.quantiles import MEDIAN, split_quantiles
from stages.evaluate.forecasts.conformal_intervals import (
    Bounds,
    TooFewCalibrationSamplesError,
    conformal_bounds,
    conformal_quantile_bounds,
    interval_quantiles,
)
from stages.evaluate.forecasts.error_space import error_space
from stages.evaluate.forecasts.recent_changes import interval_scales
from stages.evaluate.params import Evaluate

# The values of the model's output layers for all samples of a split, by target.
OutputsOfSplit = Callable[[str], Mapping[str, NDArray[Any]]]


@dataclass(frozen=True)
class TargetInterval:
    """`level` is the share of truths that the interval should hold."""

    bounds: Bounds
    level: float
    method: Literal["conformal", "conformal_quantiles"]
    calibration_rows: int


@dataclass(frozen=True)
class ForecastIntervals:
    """By target: the interval, or why there is none. Both are empty where nothing asks for intervals."""

    found: Mapping[str, TargetInterval] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


NO_INTERVALS = ForecastIntervals()


def forecast_intervals(
    params: Evaluate,
    processed: ProcessedData,
    refit: bool,
    quantiles: Mapping[str, Sequence[float]],
    outputs_of_split: OutputsOfSplit,
) -> ForecastIntervals:
    """For the targets that are values of windows. `quantiles` has those that the model predicts of a target.

    `refit` says that the model was trained on the validation rows too.
    """
    targets = [name for name, target in processed.fitted.targets.items() if target.classes is None]
    if params.interval is None or processed.fitted.window is None or not targets:
        return NO_INTERVALS
    if reason := _reason_without_intervals(params, processed, refit):
        return ForecastIntervals(left_out=dict.fromkeys(targets, reason))
    validation, measured = outputs_of_split(VALIDATION), outputs_of_split(params.split)
    found: dict[str, TargetInterval] = {}
    left_out: dict[str, str] = {}
    for name in targets:
        outputs = validation[name], measured[name]
        try:
            interval = _target_interval(params.interval, processed, name, outputs, params.split, quantiles.get(name))
            if interval.bounds.are_finite:
                found[name] = interval
            else:
                left_out[name] = "its bounds are too large numbers in the unit of the series"
        except TooFewCalibrationSamplesError as error:
            left_out[name] = str(error)
    return ForecastIntervals(found, left_out)


def _reason_without_intervals(params: Evaluate, processed: ProcessedData, refit: bool) -> str:
    """Empty if the validation samples tell how large errors on other samples are."""
    if params.split != TEST:
        samples = "training" if params.split == TRAIN else params.split
        return f"the model is measured on the {samples} samples, which are not new to it"
    if not processed.has_split(VALIDATION):
        return "there are no validation samples"
    return "the model was trained on the validation samples too" if refit else ""


def _target_interval(
    level: float,
    processed: ProcessedData,
    target: str,
    outputs: tuple[NDArray[Any], NDArray[Any]],
    split: str,
    quantiles: Sequence[float] | None,
) -> TargetInterval:
    spec = processed.fitted.targets[target]
    truth, space = processed.truth(VALIDATION)[target], error_space(spec.steps, len(spec.columns))
    numbers = interval_quantiles(quantiles, level) if quantiles else None
    scales = interval_scales(processed, target, split, space)
    of_validation, of_split = (
        _inverted(processed, target, name, array, quantiles or [MEDIAN])
        for name, array in zip((VALIDATION, split), outputs, strict=True)
    )
    if numbers is None:
        middle = (quantiles or [MEDIAN]).index(MEDIAN)
        bounds = conformal_bounds(level, (truth, of_validation[middle]), of_split[middle], space, scales)
        return TargetInterval(bounds, level, "conformal", len(truth))
    lower, upper = numbers
    bounds = conformal_quantile_bounds(
        level,
        truth,
        Bounds(of_validation[lower], of_validation[upper]),
        Bounds(of_split[lower], of_split[upper]),
        space,
        scales,
    )
    return TargetInterval(bounds, level, "conformal_quantiles", len(truth))


def _inverted(
    processed: ProcessedData, target: str, split: str, outputs: NDArray[Any], quantiles: Sequence[float]
) -> list[NDArray[Any]]:
    """The forecasts in the series' own unit, for each quantile."""
    by_quantile = np.sort(split_quantiles(outputs, quantiles), axis=1)
    return [processed.invert(target, split, by_quantile[:, number]) for number in range(len(quantiles))]
