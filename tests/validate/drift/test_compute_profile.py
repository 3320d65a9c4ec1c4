import pandas as pd

from stages.core.artefacts.profile import ClassColumn, Column, DateColumn, EmptyColumn, NumberColumn
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import values_of_column


def profile_column(column: pd.Series, is_class: bool = False) -> Column:
    return compute_profile({"c": values_of_column(column, is_class)}, len(column), {}).columns[0]


def test_quantiles_and_cumulative_counts_of_forty_rows() -> None:
    """The second row ends the first twentieth, the fourth row the second."""
    column = profile_column(pd.Series(range(1, 41)))
    assert isinstance(column, NumberColumn)
    assert column.quantiles == column.cumulative_counts == [1, *range(2, 41, 2)]


def test_repeated_values_and_a_missing_one() -> None:
    column = profile_column(pd.Series([5, 5, 5, 8, None]))
    assert isinstance(column, NumberColumn)
    assert (column.missing, column.quantiles) == (1, [5.0] * 16 + [8.0] * 5)
    assert column.cumulative_counts == [3] * 16 + [4] * 5


def test_dates_and_times() -> None:
    column = profile_column(pd.Series([pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-02T12:30:00")]))
    assert isinstance(column, DateColumn)
    assert (column.quantiles[0], column.quantiles[-1]) == ("2020-01-01", "2020-01-02T12:30:00")


def test_sixty_classes_of_which_fifty_are_named() -> None:
    column = profile_column(pd.Series([f"k{n:02}" for n in range(60)] + ["k59"]), is_class=True)
    assert isinstance(column, ClassColumn)
    assert (column.distinct, len(column.counts), column.others) == (60, 50, 10)
    assert column.counts[:2] == [("k59", 2), ("k00", 1)]


def test_column_without_values() -> None:
    assert profile_column(pd.Series([None, None])) == EmptyColumn(name="c", kind="empty", missing=2)
