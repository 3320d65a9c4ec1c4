"""Fit a step of a series: what it learns are the positions of its columns."""

from collections.abc import Sequence

from stages.core.columns.series.row_steps import FittedDifference, FittedLags, FittedLog, FittedRolling
from stages.core.columns.series.series_params import Difference, Lags, Log, Rolling, SeasonalDifference


def fit_series_step(
    step: Log | Difference | SeasonalDifference | Lags | Rolling, columns: Sequence[str]
) -> FittedLog | FittedDifference | FittedLags | FittedRolling:
    positions = column_positions(step.columns, columns)
    match step:
        case Log(plus=plus):
            return FittedLog(plus=plus, positions=positions)
        case Difference():
            return FittedDifference(lag=1, positions=positions)
        case SeasonalDifference(period=period):
            assert period is not None
            return FittedDifference(name="seasonal_difference", lag=period, positions=positions)
        case Lags(rows=rows):
            return FittedLags(rows=rows, positions=positions)
        case Rolling(rows=rows, statistics=statistics):
            return FittedRolling(rows=rows, statistics=statistics, positions=positions)


def column_positions(chosen: Sequence[str] | None, columns: Sequence[str]) -> list[int] | None:
    """None if all columns are chosen.

    >>> column_positions(["b"], ["a", "b"]), column_positions(["a", "b"], ["a", "b"]), column_positions(None, ["a"])
    ([1], None, None)
    """
    if chosen is None:
        return None
    positions = [number for number, name in enumerate(columns) if name in chosen]
    return None if len(positions) == len(columns) else positions
