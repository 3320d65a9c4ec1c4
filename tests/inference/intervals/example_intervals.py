"""An interval that evaluate could have fitted."""

from typing import Any

from stages.inference.intervals.fitted_interval import FittedInterval


def fitted_interval(calibration_rows: int = 9, **fields: Any) -> FittedInterval:
    """For one output, from 1 below the forecast to 2 above it, unless `fields` say otherwise."""
    given = {"level": 0.8, "method": "conformal", "lower": [-1.0], "upper": [2.0], **fields}
    return FittedInterval(calibration_rows=calibration_rows, **given)
