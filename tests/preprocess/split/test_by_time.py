from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.preprocess.split.by_time import cut_by_value, read_order_values

SIZES = {"train": 3, "validation": 1, "test": 2}


def cut(values: Any, sizes: dict[str, int] = SIZES) -> dict[str, list[int]]:
    parts = cut_by_value(np.asarray(values), range(len(values)), sizes, "day")
    return {name: [*rows] for name, rows in parts.items()}


def order_values(values: Any, time_format: str | None = None) -> list[Any]:
    found: list[Any] = read_order_values(pd.Series(values), "day", time_format).tolist()
    return found


def test_the_last_values_are_test_whatever_the_order_of_the_rows() -> None:
    assert cut([6, 1, 5, 2, 4, 3]) == {"train": [1, 3, 5], "validation": [4], "test": [0, 2]}


def test_rows_in_order_are_ranges_as_without_a_column() -> None:
    parts = cut_by_value(np.arange(16), range(10, 16), SIZES, "day")
    assert parts == {"train": range(10, 13), "validation": range(13, 14), "test": range(14, 16)}


def test_rows_of_one_value_stay_together_and_the_cut_goes_to_the_nearest_change() -> None:
    assert cut([1, 1, 2, 2, 3, 3, 3], {"train": 3, "test": 4}) == {"train": [0, 1], "test": [2, 3, 4, 5, 6]}
    assert cut([1, 1, 1, 1, 2, 3, 3], {"train": 3, "test": 4}) == {"train": [0, 1, 2, 3], "test": [4, 5, 6]}
    # Two cuts at one value: both splits get one.
    assert cut([1, 2, 2, 2, 2, 3], SIZES) == {"train": [0], "validation": [1, 2, 3, 4], "test": [5]}


@pytest.mark.error_case("data that cannot be split")
def test_too_few_values() -> None:
    with pytest.raises(UserError) as caught:
        cut([1, 1, 2, 2, 2, 2])
    assert "column day has 2 different values, too few for train and validation and test" in str(caught.value)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 30), min_size=12, max_size=60), st.integers(1, 4), st.integers(1, 4))
def test_every_training_row_is_before_every_test_row(values: list[int], validation: int, test: int) -> None:
    sizes = {"train": len(values) - validation - test, "validation": validation, "test": test}
    if len(set(values)) < 3:
        return
    parts = cut(values, sizes)
    assert sorted(row for rows in parts.values() for row in rows) == list(range(len(values)))
    bounds = [(min(values[row] for row in parts[name]), max(values[row] for row in parts[name])) for name in sizes]
    assert bounds[0][1] < bounds[1][0] <= bounds[1][1] < bounds[2][0]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 8), min_size=6, max_size=40), st.data())
def test_a_cut_is_at_the_nearest_change_that_leaves_a_value_for_each_part(values: list[int], data: Any) -> None:
    changes = [row for row in range(1, len(values)) if sorted(values)[row] != sorted(values)[row - 1]]
    first = data.draw(st.integers(1, len(values) - 2))
    second = data.draw(st.integers(first + 1, len(values) - 1))
    if len(changes) < 2:
        return
    expected = [min(changes[:-1], key=lambda change: (abs(change - first), change))]
    expected += [min((c for c in changes if c > expected[0]), key=lambda change: (abs(change - second), change))]
    parts = cut(values, {"train": first, "validation": second - first, "test": len(values) - second})
    assert [len(parts["train"]), len(parts["train"]) + len(parts["validation"])] == expected


def test_numbers_times_and_texts_of_dates() -> None:
    assert order_values([3, 1]) == [3, 1]
    assert order_values([2.5, 1]) == [2.5, 1.0]
    assert order_values([2**60 + 1, 2**60]) == [2**60 + 1, 2**60]
    assert np.argsort(order_values(["2024-10-01", "2024-02-01"])).tolist() == [1, 0]
    assert np.argsort(order_values(["01.10.2024", "02.02.2024"], "%d.%m.%Y")).tolist() == [1, 0]
    assert np.argsort(order_values(pd.to_datetime(["2024-10-01", "2024-02-01"], utc=True))).tolist() == [1, 0]


@pytest.mark.error_case("data that cannot be split")
@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ([1.0, None, float("inf")], "2 values of column day are neither dates nor finite numbers: none in row 1"),
        (["2024-01-01", "soon", None], "2 values of column day are neither dates nor finite numbers: 'soon' in row 1"),
        ([True, False], "column day is true or false"),
    ],
)
def test_values_without_an_order(values: list[Any], facts: str) -> None:
    with pytest.raises(UserError) as caught:
        order_values(values)
    assert facts in str(caught.value)


def test_no_message_shows_a_private_value() -> None:
    with pytest.raises(UserError) as caught:
        read_order_values(pd.Series(["2024-01-01", "soon"]), "day", private=True)
    assert "private in row 1" in str(caught.value)
    assert "soon" not in str(caught.value)
