"""The parameters of the steps of series, as written in conf/."""

from typing import Annotated, Literal

from pydantic import Field

from stages.core.parameters.params import Params

RowCount = Annotated[int, Field(ge=1)]
Statistic = Literal["mean", "std", "min", "max"]


class SeriesStepParams(Params):
    """`columns` restricts a step to these columns; without it, the step is for all columns of numbers."""

    columns: list[str] | None = None


class Log(SeriesStepParams):
    """The natural logarithm of `plus` + the value."""

    step: Literal["log"]
    plus: float = Field(default=0.0, ge=0)


class Difference(SeriesStepParams):
    """The value minus that of the row before."""

    step: Literal["difference"]


class SeasonalDifference(SeriesStepParams):
    """The value minus that of `period` rows before; `window.season` is the default."""

    step: Literal["seasonal_difference"]
    period: int | None = Field(default=None, ge=2)


class LogReturn(SeriesStepParams):
    """The logarithm of the value divided by that of the row before."""

    step: Literal["log_return"]


class Lags(SeriesStepParams):
    """Adds columns: the values of so many rows before."""

    step: Literal["lags"]
    rows: list[RowCount] = Field(min_length=1)


class Rolling(SeriesStepParams):
    """Adds columns: statistics of the last `rows` values, the row's own among them."""

    step: Literal["rolling"]
    rows: int = Field(ge=2)
    statistics: list[Statistic] = Field(default=["mean", "std"], min_length=1)


class RelativeToLast(SeriesStepParams):
    """The value minus the last value of its window. For a target, the last value that the window knows."""

    step: Literal["relative_to_last"]


class NormalizeWindow(SeriesStepParams):
    """The value minus the mean of its window, divided by the window's standard deviation."""

    step: Literal["normalize_window"]


RowStep = Log | Difference | SeasonalDifference | LogReturn
WindowStep = RelativeToLast | NormalizeWindow
InputRowStep = RowStep | Lags | Rolling


def lookback(step: object) -> int:
    """How many earlier rows a step needs.

    >>> lookback(Lags(step="lags", rows=[1, 7])), lookback(Rolling(step="rolling", rows=5)), lookback(Log(step="log"))
    (7, 4, 0)
    """
    match step:
        case Difference() | LogReturn():
            return 1
        case SeasonalDifference(period=period):
            assert period is not None
            return period
        case Lags(rows=rows):
            return max(rows)
        case Rolling(rows=rows):
            return rows - 1
    return 0
