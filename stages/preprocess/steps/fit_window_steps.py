"""Fit the steps on windows, and the scalers that follow them, on the windows of the training rows."""

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import InputSpec, ProcessedSplit, TargetSpec, window_targets
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import LinearScaling, ScaledColumns, fit_step, spread_positions, spread_step
from stages.core.columns.scaling_params import Scaler
from stages.core.columns.series.fit_series_step import column_positions
from stages.core.columns.series.series_params import NormalizeWindow, RelativeToLast
from stages.core.columns.series.window_steps import (
    FittedNormalizeWindow,
    FittedRelativeToLast,
    FittedWindowStep,
    apply_window_steps,
)
from stages.preprocess.params import Preprocess
from stages.preprocess.scaler_statistics import scaler_statistics

WindowStepParams = RelativeToLast | NormalizeWindow | Scaler
# Scalers are fitted on every n-th window, so that these have at most so many numbers.
MAX_NUMBERS = 20_000_000
# The windows that have so many numbers are transformed at once.
NUMBERS_AT_ONCE = 1 << 20


def fit_window_steps(
    inputs: Mapping[str, InputSpec], targets: Mapping[str, TargetSpec], train: ProcessedSplit, params: Preprocess
) -> tuple[dict[str, InputSpec], dict[str, TargetSpec]]:
    """Return the inputs and targets with their fitted steps on windows. Only numbers have such steps."""
    window = params.window
    assert window is not None
    fitted_inputs, fitted_targets = dict(inputs), dict(targets)
    for name, spec in inputs.items():
        rows = train.inputs[name]
        if isinstance(spec.column, ScaledColumns) and spec.column.scaled.any() and params.input_steps.windows:
            assert isinstance(rows, np.ndarray)
            steps = _fit_input(spec.column, rows, window, params.input_steps.windows)
            fitted_inputs[name] = spec.model_copy(update={"window_steps": steps})
    for name, target in targets.items():
        if target.classes is None and params.steps_of_targets.windows:
            steps = _fit_target(target, train.targets[name], window, params.steps_of_targets.windows)
            fitted_targets[name] = target.model_copy(update={"window_steps": steps})
    return fitted_inputs, fitted_targets


def _fit_input(
    column: ScaledColumns, rows: NDArray[Any], window: Window, steps: Sequence[WindowStepParams]
) -> list[FittedWindowStep]:
    windows = window.inputs(rows)
    chosen = windows[:: _every_nth(windows.size)]

    def matrix(fitted: list[FittedWindowStep]) -> NDArray[Any]:
        def transform(samples: slice) -> NDArray[Any]:
            return np.asarray(apply_window_steps(fitted, np.asarray(chosen[samples], np.float64)))

        return _by_pieces(transform, chosen.shape, window.length * rows.shape[1]).reshape(-1, rows.shape[1])

    return _fit(steps, column.output_columns, column.numbers, column.scaled, matrix)


def _fit_target(
    spec: TargetSpec, rows: NDArray[Any], window: Window, steps: Sequence[WindowStepParams]
) -> list[FittedWindowStep]:
    """A scaler has a number for each column and step ahead, since errors grow with the steps."""
    numbers = window.count(len(rows)) * spec.width
    chosen = window.model_copy(update={"stride": window.stride * _every_nth(numbers)})

    def matrix(fitted: list[FittedWindowStep]) -> NDArray[Any]:
        with_steps = spec.model_copy(update={"window_steps": fitted})

        def transform(samples: slice) -> NDArray[Any]:
            return window_targets(with_steps, rows, chosen, samples, np.float64)

        return _by_pieces(transform, (chosen.count(len(rows)), spec.width), window.span * len(spec.columns))

    all_columns = np.ones(len(spec.columns), np.bool_)
    return _fit(steps, spec.columns, all_columns, all_columns, matrix)


def _every_nth(numbers: int) -> int:
    return max(1, -(-numbers // MAX_NUMBERS))


def _by_pieces(
    transform: Callable[[slice], NDArray[Any]], shape: tuple[int, ...], numbers_of_window: int
) -> NDArray[np.float64]:
    """What `transform` returns for all windows; few of them are copied at once."""
    transformed, at_once = np.empty(shape), max(1, NUMBERS_AT_ONCE // numbers_of_window)
    for start in range(0, len(transformed), at_once):
        piece = slice(start, start + at_once)
        transformed[piece] = transform(piece)
    return transformed


def _fit(
    steps: Sequence[WindowStepParams],
    names: Sequence[str],
    numbers: NDArray[np.bool_],
    scaled: NDArray[np.bool_],
    transform: Callable[[list[FittedWindowStep]], NDArray[Any]],
) -> list[FittedWindowStep]:
    """`numbers` are the columns that steps on windows are for, and `scaled` those that scalers are for.

    `transform` gives the values after the fitted steps.
    """
    number_names, scaled_names = ([*compress(names, mask)] for mask in (numbers, scaled))
    fitted: list[FittedWindowStep] = []
    for step in steps:
        positions = spread_positions(column_positions(step.columns, number_names), numbers)
        match step:
            case RelativeToLast():
                fitted.append(FittedRelativeToLast(positions=positions))
            case NormalizeWindow():
                fitted.append(FittedNormalizeWindow(positions=positions))
            case Scaler():
                values = transform(fitted)
                repeat = values.shape[1] // len(names)
                chosen = np.tile(scaled, repeat)
                values = values[:, chosen]
                scaling = fit_step(step, values, scaled_names * repeat, scaler_statistics)
                spread = spread_step(scaling, chosen)
                assert isinstance(spread, LinearScaling)
                fitted.append(spread)
    return fitted
