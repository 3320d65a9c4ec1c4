from typing import Literal

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


@pytest.mark.parametrize(
    ("window", "inputs", "targets"),
    [
        (Window(length=5), [[first, *range(first + 1, first + 5)] for first in range(1, 6)], [6, 7, 8, 9, 10]),
        (Window(length=3, stride=2, horizon=2), [[1, 2, 3], [3, 4, 5], [5, 6, 7]], [5, 7, 9]),
        (Window(length=5, stride=3, horizon=5), [[1, 2, 3, 4, 5]], [10]),
    ],
)
def test_windows_over_one_to_ten(window: Window, inputs: list[list[int]], targets: list[int]) -> None:
    assert window.count(10) == len(inputs)
    assert window.inputs(TEN).tolist() == inputs
    assert window.targets(TEN)[:, 0].tolist() == targets
    assert TEN[window.last_target_rows(10)].tolist() == targets


def test_windows_with_all_steps_ahead() -> None:
    window = Window(length=3, stride=2, horizon=3, steps="all")
    assert window.inputs(TEN).tolist() == [[1, 2, 3], [3, 4, 5], [5, 6, 7]]
    assert window.targets(TEN).tolist() == [[4, 5, 6], [6, 7, 8], [8, 9, 10]]
    assert TEN[window.last_target_rows(10)].tolist() == [6, 8, 10]


def test_windows_over_several_columns() -> None:
    series = np.column_stack([TEN, -TEN])
    window = Window(length=2, stride=4)
    assert window.inputs(series).tolist() == [[[1, -1], [2, -2]], [[5, -5], [6, -6]]]
    assert window.targets(series)[:, 0].tolist() == [[3, -3], [7, -7]]


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_too_few_rows_for_a_window(rows: int) -> None:
    window, series = Window(length=5, stride=3), np.zeros((rows, 2), np.float32)
    assert window.count(rows) == 0
    assert window.inputs(series).shape == (0, 5, 2)
    assert window.targets(series).shape == (0, 1, 2)
    assert len(range(rows)[window.last_target_rows(rows)]) == 0


def test_windows_are_views() -> None:
    series = np.zeros((100, 4), np.float32)
    window = Window(length=10, stride=3)
    assert np.shares_memory(window.inputs(series), series)
    assert np.shares_memory(window.targets(series), series)


sizes = st.integers(1, 6)


@settings(deadline=None, derandomize=True)
@given(rows=st.integers(0, 40), length=sizes, stride=sizes, horizon=sizes, steps=st.sampled_from(["last", "all"]))
def test_all_functions_agree(rows: int, length: int, stride: int, horizon: int, steps: Literal["last", "all"]) -> None:
    window, series = Window(length=length, stride=stride, horizon=horizon, steps=steps), np.arange(rows)
    inputs, targets = window.inputs(series), window.targets(series)
    assert len(inputs) == len(targets) == window.count(rows) == len(range(0, rows - length - horizon + 1, stride))
    assert (inputs[:, -1:] + np.array(window.steps_ahead) == targets).all()
    assert (targets[:, -1] == series[window.last_target_rows(rows)]).all()
    samples = np.arange(len(inputs), dtype=np.int32)
    assert (inputs == window.input_rows(samples)).all()
    assert (targets == window.target_rows(samples)).all()
    assert window.input_rows(samples).dtype == window.target_rows(samples).dtype == np.int32
