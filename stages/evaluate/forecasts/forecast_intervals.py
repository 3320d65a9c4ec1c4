"""The intervals around the forecasts of each target, fitted on the errors on validation samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.core.columns.series.forecast_inverse import SeriesHistory
from stages.core.quantiles import MEDIAN
from stages.evaluate.baselines.series.known_series import known_series
from stages.evaluate.forecasts.conformal_intervals import (
    TooFewCalibrationSamplesError,
    forecast_errors,
    interval_quantiles,
    quantile_errors,
)
from stages.evaluate.params import Evaluate
from stages.inference.intervals.bounds import Bounds
from stages.inference.intervals.error_space import error_space
from stages.inference.intervals.fitted_interval import FittedInterval
from stages.inference.intervals.recent_changes import error_scales, recent_changes, recent_row_count, smallest_scale
from stages.inference.predictions import forecasts_by_quantile

# The values of the model's output layers for all samples of a split, by target.
OutputsOfSplit = Callable[[str], Mapping[str, NDArray[Any]]]


class NotFiniteError(Exception):
    """A bound is not a finite number."""


@dataclass(frozen=True)
class TargetInterval:
    """The bounds of the forecasts of the measured samples, by the interval that was fitted."""

    bounds: Bounds
    fitted: FittedInterval


@dataclass(frozen=True)
class ForecastIntervals:
    """By target: the interval, or why there is none. Both are empty where nothing asks for intervals."""

    found: Mapping[str, TargetInterval] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def fitted(self) -> dict[str, FittedInterval]:
        return {name: interval.fitted for name, interval in self.found.items()}


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
            found[name] = _target_interval(params, processed, name, outputs, quantiles.get(name))
        except TooFewCalibrationSamplesError as error:
            left_out[name] = str(error)
        except NotFiniteError:
            left_out[name] = "its bounds are too large numbers in the unit of the series"
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
    params: Evaluate,
    processed: ProcessedData,
    target: str,
    outputs: tuple[NDArray[Any], NDArray[Any]],
    quantiles: Sequence[float] | None,
) -> TargetInterval:
    """`outputs` are those of the validation samples and of the measured ones."""
    of_validation, of_split = (
        forecasts_by_quantile(processed, target, split, array, quantiles)
        for split, array in zip((VALIDATION, params.split), outputs, strict=True)
    )
    known = _known_values(processed, params.split, target)
    fitted = _fit_interval(params, processed, target, of_validation, quantiles or [MEDIAN], known)
    bounds = fitted.bounds(processed.fitted.targets[target], of_split, known)
    if not bounds.are_finite:
        raise NotFiniteError
    return TargetInterval(bounds, fitted)


def _fit_interval(
    params: Evaluate,
    processed: ProcessedData,
    target: str,
    forecasts: Sequence[NDArray[Any]],
    quantiles: Sequence[float],
    predicted: SeriesHistory,
) -> FittedInterval:
    """`forecasts` are those of the validation samples for each quantile, `predicted` the values before other ones."""
    assert params.interval is not None
    assert processed.fitted.window is not None
    spec, window = processed.fitted.targets[target], processed.fitted.window
    truth, space = processed.truth(VALIDATION)[target], error_space(spec.steps, len(spec.columns))
    known = _known_values(processed, VALIDATION, target)
    changes = recent_changes(known, recent_row_count(window, known.origins), space)
    smallest = smallest_scale(changes)
    scale = error_scales(changes, smallest, spec.step_count)
    median, numbers = quantiles.index(MEDIAN), interval_quantiles(quantiles, params.interval)
    if numbers is None:
        errors = forecast_errors(params.interval, truth, forecasts[median], space, scale)
    else:
        bounds = Bounds(forecasts[numbers[0]], forecasts[numbers[1]])
        errors = quantile_errors(params.interval, truth, bounds, space, scale)
    if not (np.isfinite(errors.lower).all() and np.isfinite(errors.upper).all()):
        raise NotFiniteError
    return FittedInterval(
        level=params.interval,
        method="conformal" if numbers is None else "conformal_quantiles",
        calibration_rows=len(truth),
        quantiles=numbers or (median, median),
        lower=[float(error) for error in errors.lower],
        upper=[float(error) for error in errors.upper],
        recent_rows=0 if smallest is None else recent_row_count(window, predicted.origins),
        smallest_scale=smallest,
    )


def _known_values(processed: ProcessedData, split: str, target: str) -> SeriesHistory:
    known = known_series(processed, split, target)
    return SeriesHistory(known.values, np.asarray(known.origins, np.int64))
