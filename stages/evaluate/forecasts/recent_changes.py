"""How much a series has changed lately. This is the scale of its next errors: large changes follow large changes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import VALIDATION, ProcessedData
from stages.evaluate.baselines.series.known_series import known_series
from stages.evaluate.forecasts.conformal_intervals import NO_SCALES, Scales
from stages.evaluate.forecasts.error_space import ErrorSpace

# A window may be shorter, and then says little.
RECENT_ROWS = 20
# Of the usual change. A series that stood still for a while may move again.
SMALLEST = 0.1


def interval_scales(processed: ProcessedData, target: str, split: str, space: ErrorSpace) -> Scales:
    """The mean change of the last rows before each forecast, for the validation samples and for those of `split`."""
    calibration, predicted = (recent_changes(processed, name, target, space) for name in (VALIDATION, split))
    usual = np.median(calibration, axis=0)
    if not usual.all():
        return NO_SCALES
    steps = processed.fitted.targets[target].step_count
    scales = (np.tile(np.maximum(changes, SMALLEST * usual), (1, steps)) for changes in (calibration, predicted))
    return Scales(*scales)


def recent_changes(processed: ProcessedData, split: str, target: str, space: ErrorSpace) -> NDArray[Any]:
    """For each sample and column, the mean of the absolute changes from row to row before the forecast."""
    window, known = processed.fitted.window, known_series(processed, split, target)
    assert window is not None
    rows = min(max(RECENT_ROWS, window.length), int(known.origins.min()))
    if rows < 1:
        return np.zeros((len(known.origins), known.values.shape[1]))
    changes = np.abs(np.diff(space.to_space(known.values), axis=0))
    # Change n is from row n to row n + 1.
    means: NDArray[Any] = np.lib.stride_tricks.sliding_window_view(changes, rows, axis=0).mean(axis=-1)
    return means[known.origins - rows]
