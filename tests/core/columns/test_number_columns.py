from typing import Any

import numpy as np
import pytest

from stages.core.columns.number_columns import BLOCK_ROWS, NumberColumns
from stages.core.columns.scaling import LinearScaling
from stages.core.errors import UserError


def scaled(offset: float, scale: float) -> NumberColumns:
    return NumberColumns(columns=["a"], steps=[LinearScaling(name="divide", offset=[offset], scale=[scale])])


def check_error(*values: float) -> str:
    with pytest.raises(UserError) as caught:
        NumberColumns(columns=["a"]).check(np.array(values)[:, None])
    return str(caught.value)


def test_finite_numbers_pass_the_check() -> None:
    NumberColumns(columns=["a", "b"]).check(np.array([[1.0, -2.0], [3e38, 0.0]]))
    NumberColumns(columns=["a"]).check(np.empty((0, 1)))


def test_at_most_five_rows_are_listed() -> None:
    assert "column a: missing or infinite in 8 of 8 rows: 0, 1, 2, 3, 4 and 3 more" in check_error(*[np.nan] * 8)


def test_numbers_that_do_not_fit_into_float32() -> None:
    assert "column a: too large for 32 bits: -1e+39 in row 1" in check_error(1, -1e39)


@pytest.mark.parametrize("rows", [3, BLOCK_ROWS, BLOCK_ROWS + 1])
def test_transform_scales_all_blocks(rows: int) -> None:
    stored = scaled(1, 2).transform(np.arange(rows, dtype=np.float64)[:, None])
    np.testing.assert_array_equal(stored[:, 0], ((np.arange(rows) - 1) / 2).astype(np.float32), strict=True)


@pytest.mark.parametrize("value", [1e300, -1e300])
def test_a_scaled_number_that_is_too_large(value: float) -> None:
    with pytest.raises(
        UserError, match="column a: the steps make a number too large for 32 bits; divide by a larger one"
    ):
        scaled(0, 0.5).transform(np.array([[value]]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inverse_calculates_in_float64(dtype: Any) -> None:
    original = scaled(10, 2).inverse(np.array([[0.5]], dtype))
    np.testing.assert_array_equal(original, np.array([[11.0]]), strict=True)


def test_columns_are_found_only_side_by_side_and_in_order() -> None:
    column = NumberColumns(columns=["a", "b", "c"])
    asked = (["a"], ["c"], ["b", "c"], ["a", "c"], ["c", "b"], ["c", "d"], ["d"])
    assert [column.column_slice(columns) for columns in asked] == [slice(0, 1), slice(2, 3), slice(1, 3)] + [None] * 4


def test_selected_columns_keep_their_scaling() -> None:
    def minmax(offset: list[float]) -> LinearScaling:
        return LinearScaling(name="minmax", offset=offset, scale=offset)

    column = NumberColumns(columns=["a", "b", "c"], steps=[minmax([1, 2, 3])])
    assert column.select(["b", "c"]) == NumberColumns(columns=["b", "c"], steps=[minmax([2, 3])])
    assert column.select(["c", "b"]) is None
