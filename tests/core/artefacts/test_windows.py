import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.windows import Window, split_x

TEN = np.arange(1, 11)


def test_split_x_cuts_one_to_ten_into_windows_of_five() -> None:
    assert split_x(TEN, 5).tolist() == [
        [1, 2, 3, 4, 5],
        [2, 3, 4, 5, 6],
        [3, 4, 5, 6, 7],
        [4, 5, 6, 7, 8],
        [5, 6, 7, 8, 9],
        [6, 7, 8, 9, 10],
    ]


def test_split_x_of_several_columns_keeps_each_row_together() -> None:
    series = np.array([[1, 10], [2, 20], [3, 30]])
    assert split_x(series, 2).tolist() == [[[1, 10], [2, 20]], [[2, 20], [3, 30]]]


def test_windows_of_five_over_ten_rows_predict_the_next_value() -> None:
    window = Window(5)
    assert window.count(10) == 5
    assert [*range(10)[window.last_seen_at(10)]] == [4, 5, 6, 7, 8]
    assert [*range(10)[window.targets_at(10)]] == [5, 6, 7, 8, 9]
    assert window.inputs(TEN).tolist() == [[first, *range(first + 1, first + 5)] for first in range(1, 6)]
    assert window.targets(TEN).tolist() == [6, 7, 8, 9, 10]


def test_stride_and_horizon() -> None:
    window = Window(3, stride=2, horizon=2)
    assert window.count(10) == 3
    assert [*range(10)[window.last_seen_at(10)]] == [2, 4, 6]
    assert [*range(10)[window.targets_at(10)]] == [4, 6, 8]
    assert window.inputs(TEN).tolist() == [[1, 2, 3], [3, 4, 5], [5, 6, 7]]
    assert window.targets(TEN).tolist() == [5, 7, 9]


def test_several_columns_go_in_and_come_out() -> None:
    series = np.column_stack([TEN, -TEN])
    window = Window(2, stride=4)
    assert window.inputs(series).tolist() == [[[1, -1], [2, -2]], [[5, -5], [6, -6]]]
    assert window.targets(series).tolist() == [[3, -3], [7, -7]]


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_too_few_rows_make_no_window(rows: int) -> None:
    window, series = Window(5, stride=3), np.zeros((rows, 2), np.float32)
    assert window.count(rows) == 0
    assert window.inputs(series).shape == (0, 5, 2)
    assert window.targets(series).shape == (0, 2)
    assert [*range(rows)[window.targets_at(rows)]] == []


def test_just_enough_rows_make_one() -> None:
    assert Window(5, stride=3, horizon=2).count(7) == 1


def test_nothing_is_copied() -> None:
    series = np.zeros((100, 4), np.float32)
    window = Window(10, stride=3)
    assert np.shares_memory(window.inputs(series), series)
    assert np.shares_memory(window.targets(series), series)
    assert np.shares_memory(split_x(series, 10), series)


sizes = st.integers(1, 6)


@settings(deadline=None, derandomize=True)
@given(rows=st.integers(0, 40), length=sizes, stride=sizes, horizon=sizes)
def test_each_target_stands_horizon_rows_after_its_window(rows: int, length: int, stride: int, horizon: int) -> None:
    window, series = Window(length, stride, horizon), np.arange(rows)
    inputs, targets = window.inputs(series), window.targets(series)
    assert len(inputs) == len(targets) == window.count(rows) == len(range(0, rows - length - horizon + 1, stride))
    assert (inputs[:, -1] + horizon == targets).all()
    assert (inputs[:, -1] == series[window.last_seen_at(rows)]).all()
    assert (inputs[:, 0] == np.arange(len(inputs)) * stride).all()
