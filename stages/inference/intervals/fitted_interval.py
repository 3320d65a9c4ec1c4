"""What was learned of the errors of a target's forecasts, which is enough to give any forecast an interval."""

from collections.abc import Sequence
from typing import Any, Literal

from numpy.typing import NDArray

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.records.record import Record
from stages.core.columns.series.forecast_inverse import SeriesHistory
from stages.inference.intervals.bounds import BoundErrors, Bounds, moved_bounds
from stages.inference.intervals.error_space import error_space
from stages.inference.intervals.recent_changes import error_scales, recent_changes


class FittedInterval(Record):
    """`level` is the share of truths that the interval should hold, and `method` how it was fitted.

    The bounds begin at the predicted quantiles with the numbers `quantiles`; with `conformal`, both at the median.
    `lower` and `upper` have, for each output, what is added to them, in units of the scale of the forecast. The scale
    is the mean change of the last `recent_rows` rows, but at least `smallest_scale`, which has a number for each
    column. Without `smallest_scale` it is 1.
    """

    level: float
    method: Literal["conformal", "conformal_quantiles"]
    calibration_rows: int
    quantiles: tuple[int, int] = (0, 0)
    lower: list[float]
    upper: list[float]
    recent_rows: int = 0
    smallest_scale: list[float] | None = None

    def bounds(self, target: TargetSpec, by_quantile: Sequence[NDArray[Any]], known: SeriesHistory) -> Bounds:
        """The bounds of forecasts of the target.

        `by_quantile` has the forecasts for each predicted quantile. `known` are the values before each forecast, both
        in the series' own unit.
        """
        space = error_space(target.steps, len(target.columns))
        changes = recent_changes(known, self.recent_rows, space)
        scale = error_scales(changes, self.smallest_scale, target.step_count)
        lower, upper = self.quantiles
        predicted = Bounds(by_quantile[lower], by_quantile[upper])
        return moved_bounds(predicted, BoundErrors(self.lower, self.upper), scale, space)
