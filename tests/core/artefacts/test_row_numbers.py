from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.row_numbers import as_array, concatenate_row_numbers, take_rows


def test_as_array() -> None:
    rows = as_array(range(3, 9, 2))
    np.testing.assert_array_equal(rows, np.array([3, 5, 7], np.int64), strict=True)
    array = np.array([4, 1])
    assert as_array(array) is array


@pytest.mark.parametrize("rows", [range(2, 5), range(1, 8, 3), range(3, 3)])
def test_a_range_of_rows_is_taken_as_a_view(rows: range) -> None:
    values = np.arange(20).reshape(10, 2)
    taken = take_rows(values, rows)
    assert taken.tolist() == values[list(rows)].tolist()
    assert taken.base is values.base


def test_an_array_of_rows_is_taken_in_its_order() -> None:
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
def test_ranges_that_continue_each_other_become_a_range(parts: list[range], expected: range) -> None:
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
def test_other_parts_become_an_array(parts: list[Any], expected: list[int]) -> None:
    rows = concatenate_row_numbers(parts)
    assert isinstance(rows, np.ndarray)
    assert rows.tolist() == expected
