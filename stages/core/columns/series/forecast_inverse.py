"""Forecasts in the series' own unit, from what a model gives and the values known at the origin of each forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.scaling import FittedStep, apply_steps, inverse_steps
from stages.core.columns.series.row_steps import FittedDifference
from stages.core.columns.series.window_steps import FittedWindowStep, invert_targets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SeriesHistory:
    """The values of a target in its own unit, and the origin of each sample: the row of its last known value.

    A forecast of sample n may use `values[: origins[n] + 1]` alone.
    """

    values: Floats
    origins: NDArray[np.int64]

    def ahead(self, steps: range) -> Floats:
        """The values so many rows after each origin, with the axes samples, steps and columns."""
        values: Floats = self.values[self.origins[:, None] + np.arange(steps.start, steps.stop)]
        return values


def invert_forecast(
    steps: Sequence[FittedStep],
    window_steps: Sequence[FittedWindowStep],
    outputs: NDArray[np.floating],
    history: SeriesHistory,
    steps_ahead: range,
    length: int,
) -> Floats:
    """Return forecasts in the series' unit: a row for each sample, with its steps ahead one after the other.

    `steps` are those of rows, `window_steps` those that follow, `length` is that of the windows. A difference adds to
    the value before, which is known or was forecast.
    """
    series, origins = [history.values], [history.origins]
    for step in steps:
        series.append(apply_steps([step], series[-1]))
        origins.append(origins[-1] - (len(series[-2]) - len(series[-1])))
    rows = np.asarray(outputs, np.float64)
    known = series[-1][origins[-1][:, None] + np.arange(1 - length, 1)] if window_steps else rows[:, None]
    values = invert_targets(window_steps, rows, known, len(steps_ahead))
    for number in reversed(range(len(steps))):
        step = steps[number]
        if isinstance(step, FittedDifference):
            values = _add_differences(step, values, series[number], origins[number], steps_ahead)
        else:
            values = inverse_steps([step], values)
    inverted: Floats = values.reshape(len(values), -1)
    return inverted


def _add_differences(
    step: FittedDifference, differences: Floats, known: Floats, origins: NDArray[np.int64], steps_ahead: range
) -> Floats:
    values = differences.copy()
    for position, ahead in enumerate(steps_ahead):
        # From the first step on all steps are there, or the lag reaches back to known rows.
        before = known[origins + ahead - step.lag] if ahead <= step.lag else values[:, position - step.lag]
        values[:, position, step.chosen] += before[:, step.chosen]
    return values
