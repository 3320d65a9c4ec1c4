import numpy as np
import pandas as pd
import pytest

from stages.core.columns.number_columns import BLOCK_ROWS, NumberColumns
from stages.core.columns.scaling import FittedStep, apply_steps, inverse_steps
from stages.core.columns.series.row_steps import FittedDifference, FittedLags, FittedLog, FittedRolling

SERIES = np.array([[1.0, 10.0], [3.0, 20.0], [6.0, 40.0], [10.0, 80.0]])
RANDOM = np.random.default_rng(0)


def test_a_difference_leaves_out_the_first_rows() -> None:
    assert FittedDifference(lag=1).apply(SERIES).tolist() == [[2, 10], [3, 20], [4, 40]]
    assert FittedDifference(lag=3).apply(SERIES).tolist() == [[9, 70]]


def test_a_difference_of_some_columns_leaves_out_the_first_rows_of_all() -> None:
    assert FittedDifference(lag=1, positions=[1]).apply(SERIES).tolist() == [[3, 10], [6, 20], [10, 40]]


def test_a_logarithm_of_some_columns() -> None:
    step = FittedLog(plus=1.0, positions=[0])
    logged = step.apply(SERIES)
    np.testing.assert_allclose(logged[:, 0], np.log1p(SERIES[:, 0]))
    assert logged[:, 1].tolist() == SERIES[:, 1].tolist()
    np.testing.assert_allclose(step.inverse(logged), SERIES)
    np.testing.assert_allclose(inverse_steps([step], logged), SERIES)


def test_lags_are_columns_of_earlier_values() -> None:
    step = FittedLags(rows=[1, 2], positions=[0])
    assert step.apply(SERIES).tolist() == [[6, 40, 3, 1], [10, 80, 6, 3]]
    assert step.output_names(["a", "b"]) == ["a", "b", "a_lag_1", "a_lag_2"]


def test_rolling_statistics_are_those_of_pandas() -> None:
    values = RANDOM.normal(size=(50, 2))
    step = FittedRolling(rows=5, statistics=["mean", "std", "min", "max"])
    rolling = pd.DataFrame(values).rolling(5)
    expected = [values, rolling.mean(), rolling.std(ddof=0), rolling.min(), rolling.max()]
    np.testing.assert_allclose(step.apply(values), np.concatenate(expected, axis=1)[4:], atol=1e-12)
    assert step.output_names(["a", "b"])[2:6] == ["a_mean_5", "b_mean_5", "a_std_5", "b_std_5"]


STEPS: list[FittedStep] = [
    FittedLog(),
    FittedDifference(lag=1),
    FittedLags(rows=[3]),
    FittedRolling(rows=4, statistics=["mean"]),
]


def test_a_row_needs_as_many_rows_before_it_as_all_steps_together() -> None:
    column = NumberColumns(columns=["a"], steps=[*STEPS])
    assert column.lookback == 1 + 3 + 3
    assert column.outputs == ["a", "a_lag_3", "a_mean_4", "a_lag_3_mean_4"]
    values = RANDOM.uniform(1, 2, (20, 1))
    assert column.transform(values).shape == (13, 4)
    assert column.transform(values[:8]).shape == (1, 4)
    assert column.transform(values[:7]).shape == (0, 4)


def test_a_row_depends_on_itself_and_the_rows_before_alone() -> None:
    values = RANDOM.uniform(1, 2, (20, 1))
    changed = values.copy()
    changed[12:] = 9
    before, after = apply_steps(STEPS, values), apply_steps(STEPS, changed)
    assert (before[: 12 - 7] == after[: 12 - 7]).all()
    assert (before[12 - 7 :] != after[12 - 7 :]).any(axis=1).all()


@pytest.mark.parametrize("rows", [BLOCK_ROWS, BLOCK_ROWS + 7, BLOCK_ROWS + 8, 2 * BLOCK_ROWS])
def test_a_series_of_several_blocks(rows: int) -> None:
    values = RANDOM.uniform(1, 2, (rows, 1))
    transformed = NumberColumns(columns=["a"], steps=[*STEPS]).transform(values)
    np.testing.assert_array_equal(transformed, apply_steps(STEPS, values).astype(np.float32), strict=True)
