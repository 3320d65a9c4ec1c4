from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.concatenated_arrays import ConcatenatedArrays
from stages.core.artefacts.row_numbers import take_rows

PARTS = [np.arange(8).reshape(4, 2), np.arange(8, 12).reshape(2, 2), np.arange(12, 18).reshape(3, 2)]
WHOLE = np.concatenate(PARTS)
ARRAYS = ConcatenatedArrays(PARTS)


def test_length_and_shape() -> None:
    assert len(ARRAYS) == 9
    assert ARRAYS.shape == (9, 2)


@pytest.mark.parametrize(
    "rows",
    [
        range(4),
        range(5, 6),
        range(2, 8),
        range(9),
        range(3, 3),
        range(0, 9, 4),
        np.array([0, 3]),
        np.array([1, 4, 5, 8]),
        np.array([6, 0, 5, 0]),
        np.array([], np.int64),
    ],
)
def test_rows_are_numbered_over_all_parts(rows: Any) -> None:
    np.testing.assert_array_equal(take_rows(ARRAYS, rows), take_rows(WHOLE, rows), strict=True)


@pytest.mark.parametrize(("rows", "part"), [(range(1, 3), 0), (range(4, 6), 1), (range(7, 9), 2)])
def test_a_range_inside_one_part_is_a_view(rows: range, part: int) -> None:
    assert np.shares_memory(take_rows(ARRAYS, rows), PARTS[part])
