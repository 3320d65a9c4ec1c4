import pandas as pd
import pytest

from stages.core.artefacts.raw import Table
from stages.core.errors import UserError
from stages.validate.expectations.time_gaps import unbroken
from stages.validate.params import Validate


def days(*numbers: int) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.to_datetime([f"2020-01-{n:02}" for n in numbers])})


SERIES = Table({"train": days(1, 2, 5), "test": days(20, 21, 25)}, "series", time="day")


def test_nothing_is_expected_unless_conf_says_so() -> None:
    assert unbroken(SERIES, Validate()) == []


def test_rows_that_come_too_late_are_counted_over_all_splits() -> None:
    """From the 5th to the 20th is no gap: there one split ends and another begins."""
    [found] = unbroken(SERIES, Validate(longest_gap=1.0))
    assert (found.passed, found.unexpected, list(found.rows)) == (False, 2, [2, 5])
    [found] = unbroken(SERIES, Validate(longest_gap=3.5))
    assert (found.unexpected, list(found.rows)) == (1, [5])
    [found] = unbroken(SERIES, Validate(longest_gap=4.0))
    assert found.passed


@pytest.mark.parametrize("raw", [Table({"all": days(1)}), Table({"all": days(1)}, "series")])
def test_a_table_without_time_has_no_gaps(raw: Table) -> None:
    with pytest.raises(UserError, match=r"validate\.longest_gap: for a series with a time column only"):
        unbroken(raw, Validate(longest_gap=1.0))
