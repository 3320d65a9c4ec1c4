import pandas as pd

from stages.core.artefacts.profile import ClassColumn, DateColumn, EmptyColumn, NumberColumn
from stages.validate.column_values import values_of
from stages.validate.drift.compute_profile import profile_of


def only(column: pd.Series, named: bool = False) -> object:
    return profile_of({"c": values_of(column, named)}, len(column), {}).columns[0]


def test_every_twentieth_of_forty_rows_and_how_many_are_up_to_it() -> None:
    """The second row ends the first twentieth, the fourth the second."""
    column = only(pd.Series(range(1, 41)))
    assert isinstance(column, NumberColumn)
    assert column.quantiles == [1, *range(2, 41, 2)]
    assert column.cumulative_counts == [1, *range(2, 41, 2)]


def test_few_values_are_repeated_and_all_their_rows_counted() -> None:
    column = only(pd.Series([5, 5, 5, 8, None]))
    assert isinstance(column, NumberColumn)
    assert (column.missing, column.quantiles) == (1, [5.0] * 16 + [8.0] * 5)
    assert column.cumulative_counts == [3] * 16 + [4] * 5


def test_days_are_written_as_days() -> None:
    column = only(pd.Series([pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-02T12:30:00")]))
    assert isinstance(column, DateColumn)
    assert (column.quantiles[0], column.quantiles[-1]) == ("2020-01-01", "2020-01-02T12:30:00")


def test_beyond_the_fifty_most_frequent_classes_the_rest_is_together() -> None:
    """Sixty classes, the last of which has two rows."""
    column = only(pd.Series([f"k{n:02}" for n in range(60)] + ["k59"]), named=True)
    assert isinstance(column, ClassColumn)
    assert (column.distinct, len(column.counts), column.others) == (60, 50, 10)
    assert column.counts[:2] == [("k59", 2), ("k00", 1)]


def test_a_column_without_values() -> None:
    assert only(pd.Series([None, None])) == EmptyColumn(name="c", kind="empty", missing=2)
