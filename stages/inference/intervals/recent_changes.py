"""How much a series has changed lately. This is the scale of its next errors: large changes follow large changes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.windows import Window
from stages.core.columns.series.forecast_inverse import SeriesHistory
from stages.inference.intervals.error_space import ErrorSpace

# A window may be shorter, and then says little.
RECENT_ROWS = 20
# Of the usual change. A series that stood still for a while may move again.
SMALLEST = 0.1


def recent_row_count(window: Window, origins: NDArray[np.integer[Any]]) -> int:
    """How many changes before a forecast count. The first forecast may know few."""
    return max(0, min(max(RECENT_ROWS, window.length), int(origins.min())))


def recent_changes(known: SeriesHistory, rows: int, space: ErrorSpace) -> NDArray[np.float64]:
    """For each origin and column, the mean of the absolute changes in the `rows` rows before the forecast."""
    if rows < 1:
        return np.zeros((len(known.origins), known.values.shape[1]))
    changes = np.abs(np.diff(space.to_space(known.values), axis=0))
    # Change n is from row n to row n + 1.
    means: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(changes, rows, axis=0).mean(axis=-1)
    return means[known.origins - rows]


def smallest_scale(calibration_changes: NDArray[np.float64]) -> list[float] | None:
    """The smallest scale of each column; None if the usual change of a column is 0, which is no scale."""
    usual = np.median(calibration_changes, axis=0)
    smallest: list[float] = (SMALLEST * usual).tolist()
    return smallest if usual.all() else None


def error_scales(changes: NDArray[np.float64], smallest: list[float] | None, steps: int) -> NDArray[np.float64] | float:
    """The scale of each output of each forecast: the same for all of the `steps` ahead. 1 without a smallest scale."""
    return 1.0 if smallest is None else np.tile(np.maximum(changes, np.array(smallest)), (1, steps))
