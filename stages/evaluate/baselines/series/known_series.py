"""The rows of a series that are known at the origins of the forecasts."""

from dataclasses import dataclass

import numpy as np

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.evaluate.baselines.series.naive_forecasts import Origins, Values
from stages.evaluate.metrics.forecast_metrics import naive_errors
from stages.evaluate.target_predictions import Array


@dataclass(frozen=True)
class KnownSeries:
    """The values of a target in its own unit, from the first known row on, and the origin of each sample in them.

    A forecast uses the values up to its origin alone. `training` are the training values, and `first_row` the number
    of the first row of `values`, counted from the first training row.
    """

    values: Values
    origins: Origins
    training: Values
    first_row: int

    @property
    def earlier(self) -> Values | None:
        """The training values, if they come before `values` and are not part of it."""
        return self.training if self.first_row > 0 else None


def known_series(processed: ProcessedData, split: str, target: str) -> KnownSeries:
    """Rows of other splits belong to it if they come before the rows of the split in the same series.

    The windows of a split then begin in the rows before it, so that both splits have these rows. Splits without a
    common row can be two series, such as files of their own.
    """
    history = processed.history(split, target)
    values, first = history.values, _raw_rows(processed, split, target).start
    spans = {name: _raw_rows(processed, name, target) for name in processed.splits}
    while before := [name for name, span in spans.items() if span.start < first < span.stop]:
        name = min(before, key=lambda each: spans[each].start)
        start = spans[name].start
        values = np.concatenate([processed.history(name, target).values[: first - start], values])
        first = start
    return KnownSeries(
        values=values,
        origins=history.origins + len(values) - len(history.values),
        training=processed.history(TRAIN, target).values,
        first_row=first - spans[TRAIN].start,
    )


def naive_errors_of_targets(processed: ProcessedData) -> dict[str, Array]:
    """For each target that is a value of windows."""
    if (window := processed.fitted.window) is None:
        return {}
    return {
        name: naive_errors(processed.history(TRAIN, name).values, window.season)
        for name, target in processed.fitted.targets.items()
        if target.classes is None
    }


def _raw_rows(processed: ProcessedData, split: str, target: str) -> range:
    """The raw rows of the history of a split, which are consecutive."""
    rows, values = processed.splits[split].rows, processed.history(split, target).values
    stop = int(rows[-1]) + 1
    return range(stop - len(values), stop)
