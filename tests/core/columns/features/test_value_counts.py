import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.core.columns.features.value_counts import ValueCounts

NUMBERS = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


@given(NUMBERS, st.integers(0, 30))
def test_statistics_are_those_of_pandas_however_the_rows_are_divided(numbers: list[float], position: int) -> None:
    first, second = numbers[:position], numbers[position:]
    counts = ValueCounts.of(np.array(first), 1) + ValueCounts.of(np.array(second), 2)
    series = pd.Series(numbers)
    assert counts.median() == series.median()
    assert counts.mean() == pytest.approx(series.mean())
    assert counts.most_frequent() == series.mode()[0]
    assert (counts.total, counts.missing) == (len(numbers), 3)


def test_the_middle_of_two_times() -> None:
    times = np.array(["2024-01-01", "2024-01-03", "2024-01-04", "2024-03-01"], "datetime64[us]")
    assert ValueCounts.of(times).median() == np.datetime64("2024-01-03T12:00", "us")


def test_texts() -> None:
    counts = ValueCounts.of(np.array(["b", "a", "b", "a"], object))
    assert counts.most_frequent() == "a"
    assert dict(zip(counts.values.tolist(), counts.counts.tolist(), strict=True)) == {"a": 2, "b": 2}
