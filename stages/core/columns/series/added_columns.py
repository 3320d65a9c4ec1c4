"""The names of the columns that steps of series add."""

from collections.abc import Sequence

from stages.core.columns.series.series_params import Lags, Rolling, Statistic


def added_columns(step: object, columns: Sequence[str]) -> list[str]:
    """`columns` are those that a step without `columns` is for.

    >>> added_columns(Lags(step="lags", rows=[7]), ["a", "b"]), added_columns("another step", ["a"])
    (['a_lag_7', 'b_lag_7'], [])
    """
    match step:
        case Lags(rows=rows, columns=chosen):
            return lag_names(columns if chosen is None else chosen, rows)
        case Rolling(rows=count, statistics=statistics, columns=chosen):
            return rolling_names(columns if chosen is None else chosen, count, statistics)
    return []


def lag_names(columns: Sequence[str], rows: Sequence[int]) -> list[str]:
    """
    >>> lag_names(["a", "b"], [1, 7])
    ['a_lag_1', 'b_lag_1', 'a_lag_7', 'b_lag_7']
    """
    return [f"{name}_lag_{lag}" for lag in rows for name in columns]


def rolling_names(columns: Sequence[str], rows: int, statistics: Sequence[Statistic]) -> list[str]:
    """
    >>> rolling_names(["a"], 5, ["mean", "std"])
    ['a_mean_5', 'a_std_5']
    """
    return [f"{name}_{statistic}_{rows}" for statistic in statistics for name in columns]
