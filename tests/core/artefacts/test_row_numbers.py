from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.row_numbers import as_array, concatenate_row_numbers, shift_rows, take_rows


def test_a_range_as_an_array_is_made_without_counting() -> None:
    found = as_array(range(3, 9, 2))
    assert (found.tolist(), found.dtype) == ([3, 5, 7], np.int64)
    drawn = np.array([4, 1])
    assert as_array(drawn) is drawn


@pytest.mark.parametrize("rows", [range(2, 5), range(1, 8, 3), range(3, 3)])
def test_rows_that_follow_each_other_are_picked_as_a_view(rows: range) -> None:
    values = np.arange(20).reshape(10, 2)
    found = take_rows(values, rows)
    assert found.tolist() == values[list(rows)].tolist()
    assert found.base is values.base


def test_drawn_rows_are_picked_in_the_order_asked_for() -> None:
    assert take_rows(np.array([10, 11, 12]), np.array([2, 0])).tolist() == [12, 10]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([range(3), range(3, 5)], range(5)),
        ([range(2, 4), range(4, 4), range(4, 6)], range(2, 6)),
        ([range(1, 3)], range(1, 3)),
        ([], range(0)),
    ],
)
def test_neighbours_join_to_a_range(parts: list[range], expected: range) -> None:
    assert concatenate_row_numbers(parts) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([range(2), range(3, 4)], [0, 1, 3]),
        ([range(2, 4), range(2)], [2, 3, 0, 1]),
        ([range(0, 4, 2), range(4, 6)], [0, 2, 4, 5]),
        ([np.array([5, 1]), range(2)], [5, 1, 0, 1]),
    ],
)
def test_others_join_to_an_array(parts: list[Any], expected: list[int]) -> None:
    found = concatenate_row_numbers(parts)
    assert isinstance(found, np.ndarray)
    assert found.tolist() == expected


def test_shifted_both_ways() -> None:
    assert shift_rows(range(5, 9), -5) == range(4)
    assert as_array(shift_rows(np.array([5, 8]), -5)).tolist() == [0, 3]
