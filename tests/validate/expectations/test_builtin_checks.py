import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.validation import ExampleRow
from stages.core.errors import UserError
from stages.validate.all_rows import AllRows, all_rows
from stages.validate.expectations.builtin_checks import (
    check_equal_schemas,
    check_finite_numbers,
    check_split_sizes,
    check_time_gaps,
    run_builtin_checks,
    split_schemas,
)
from stages.validate.params import Validate
from tests.validate.raw_data import images, tokens


def days(*numbers: int) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.to_datetime([f"2020-01-{n:02}" for n in numbers])})


SERIES = Table({"train": days(1, 2, 5), "test": days(20, 21, 25)}, "series", time="day")


def test_empty_split() -> None:
    assert check_split_sizes({"train": 3, "test": 1}).passed
    check = check_split_sizes({"train": 3, "test": 0})
    assert (check.passed, check.problem) == (False, "split test has no rows")


def test_splits_with_different_columns() -> None:
    train = pd.DataFrame({"a": [1], "b": ["x"], "c": [1.5]})
    test = pd.DataFrame({"a": [1.5], "b": [2], "d": [1]})
    check = check_equal_schemas(split_schemas(Table({"train": train, "test": test})))
    assert not check.passed
    assert check.problem == (
        "split test has b as number, train has it as text; "
        "split test has c not at all, train has it as number; "
        "split test has d as number, train has it not at all"
    )


def test_integers_match_floats_and_an_empty_column_matches_any_kind() -> None:
    train = pd.DataFrame({"a": [1], "b": ["x"], "c": pd.Categorical(["u"])})
    test = pd.DataFrame({"a": [1.5], "b": [np.nan], "c": ["u"]})
    assert check_equal_schemas(split_schemas(Table({"train": train, "test": test}))).passed


def test_images_of_two_sizes() -> None:
    raw = images(np.zeros((1, 2, 2), np.uint8), np.zeros((1, 3, 3), np.uint8))
    problem = check_equal_schemas(split_schemas(raw)).problem
    assert problem == "split test has images as uint8 [3, 3], train has it as uint8 [2, 2]"


def test_type_of_texts() -> None:
    assert split_schemas(tokens([[1]], [[2]])) == {"train": {"ids": "uint16"}, "test": {"ids": "uint16"}}


def test_infinite_numbers() -> None:
    frame = pd.DataFrame({"a": [1.0, np.inf, 2.0], "b": [-np.inf, 1.0, np.nan], "c": [1, 2, 3], "d": ["x", "y", "z"]})
    check = check_finite_numbers(AllRows(frame, {"all": 3}), limit=1)
    assert (check.passed, check.unexpected, check.arguments) == (False, 2, {"columns": ["a", "b"]})
    assert check.examples == [ExampleRow(split="all", row=0, value={"a": 1.0, "b": "-inf"})]
    assert check_finite_numbers(AllRows(frame[["c", "d"]], {"all": 3}), limit=1).passed


def test_time_gaps_are_checked_only_if_conf_limits_them() -> None:
    rows = all_rows(SERIES)
    assert len(run_builtin_checks(SERIES, rows, Validate())) == 3
    assert len(run_builtin_checks(SERIES, rows, Validate(longest_gap=1.0))) == 4


@pytest.mark.parametrize(
    ("longest_gap", "examples"),
    [(1.0, [("train", 2), ("test", 2)]), (3.5, [("test", 2)]), (4.0, [])],
)
def test_time_gaps_within_each_split(longest_gap: float, examples: list[tuple[str, int]]) -> None:
    """From the 5th to the 20th is no gap, because a new split begins there."""
    check = check_time_gaps(SERIES, all_rows(SERIES), longest_gap, limit=5)
    assert (check.passed, check.unexpected) == (not examples, len(examples))
    assert [(row.split, row.row) for row in check.examples] == examples


@pytest.mark.parametrize("raw", [Table({"all": days(1)}), Table({"all": days(1)}, "series")])
def test_time_gaps_of_a_table_without_time(raw: Table) -> None:
    with pytest.raises(UserError, match=r"validate\.longest_gap: for a series with a time column only"):
        check_time_gaps(raw, all_rows(raw), 1.0, limit=5)
