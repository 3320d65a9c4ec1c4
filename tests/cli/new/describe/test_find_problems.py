"""What looks wrong in data: each problem in data that have it, and in data that do not."""

import pandas as pd
import pytest

from stages.cli.new.describe.describe_columns import describe_column
from stages.cli.new.describe.find_problems import (
    Leak,
    determines,
    find_leaks,
    gap_number,
    impossible_zeros,
    is_in_order,
    rare_classes,
)


def test_another_name_for_the_target_is_a_copy() -> None:
    frame = pd.DataFrame({"alive": ["yes", "no", "yes", "no"], "age": [1, 2, 3, 4], "survived": [1, 0, 1, 0]})
    assert find_leaks(frame, {"survived": "classes"}) == [Leak("alive", "survived", is_copy=True)]


def test_another_unit_of_the_target_is_a_copy() -> None:
    frame = pd.DataFrame({"grams": [1000.0, 2500.0, 4000.0], "size": [3.0, 1.0, 2.0], "kilograms": [1.0, 2.5, 4.0]})
    assert find_leaks(frame, {"kilograms": "values"}) == [Leak("grams", "kilograms", is_copy=True)]


def test_a_column_that_determines_the_target() -> None:
    frame = pd.DataFrame({"town": list("aabbccdd"), "size": [1, 2] * 4, "country": ["x"] * 4 + ["y"] * 4})
    assert find_leaks(frame, {"country": "classes"}) == [Leak("town", "country", is_copy=False)]


def test_a_group_is_no_input_and_may_determine_the_target() -> None:
    frame = pd.DataFrame({"patient": list("aabbccdd"), "size": [1, 2] * 4, "ill": ["x"] * 4 + ["y"] * 4})
    assert find_leaks(frame, {"ill": "classes"}, group="patient") == []


@pytest.mark.parametrize(
    ("column", "target"),
    [
        (["a", "a", "b", "b"], [1, 2, 1, 1]),
        (["a", "b", "c", "d"], [1, 1, 2, 2]),  # a value of its own in each row says nothing
        (["a", "a", "a", "a"], [1, 1, 1, 1]),
    ],
)
def test_a_column_that_does_not_determine_the_target(column: list[str], target: list[int]) -> None:
    assert not determines(pd.Series(column), pd.Series(target))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([20.5, 30.0, -999.0, 25.0, -999.0], -999.0),
        ([1.0, 2.0, 3.0, 99.0, 99.0], 99.0),
        ([20.5, 30.0, -999.0, 25.0], None),  # once: an outlier
        ([97.0, 98.0, 99.0, 99.0, 96.0], None),
        ([-1000.0, -999.0, -999.0, -998.0], None),
    ],
)
def test_numbers_that_stand_for_gaps(values: list[float], found: float | None) -> None:
    series = pd.Series(values)
    assert gap_number(describe_column("x", series), series) == found


def test_zeros_that_cannot_be() -> None:
    pressure = pd.Series([0.0, 0.0, *range(60, 100)])
    assert impossible_zeros(describe_column("pressure", pressure), pressure)
    rain = pd.Series([0.0, 0.0, *range(1, 40)])
    assert not impossible_zeros(describe_column("rain", rain), rain)


def test_rare_classes() -> None:
    assert rare_classes({"a": 5, "b": 1}) == ["'b' (1 row)"]


def test_the_order_of_times() -> None:
    days = pd.Series(["2/14/2022", "2/13/2022", "2/11/2022"])
    assert is_in_order(days[::-1], "%m/%d/%Y")
    assert not is_in_order(days, "%m/%d/%Y")
