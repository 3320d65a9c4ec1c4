from typing import Any

import numpy as np
import pytest

from stages.preprocess.concatenated_splits import Stacked

PARTS = [np.arange(8).reshape(4, 2), np.arange(8, 12).reshape(2, 2), np.arange(12, 18).reshape(3, 2)]
WHOLE = np.concatenate(PARTS)


def test_its_shape_is_that_of_the_whole() -> None:
    assert Stacked(PARTS).shape == WHOLE.shape


@pytest.mark.parametrize(
    "rows", [range(4), range(5, 6), range(2, 8), range(9), np.array([0, 3]), np.array([1, 4, 5, 8]), np.array([6])]
)
def test_rows_are_counted_over_all_parts(rows: Any) -> None:
    np.testing.assert_array_equal(Stacked(PARTS).pick(rows), WHOLE[list(rows)], strict=True)


@pytest.mark.parametrize(("rows", "part"), [(range(1, 3), 0), (range(4, 6), 1), (range(7, 9), 2)])
def test_rows_that_follow_each_other_in_one_part_are_not_copied(rows: range, part: int) -> None:
    assert np.shares_memory(Stacked(PARTS).pick(rows), PARTS[part])
