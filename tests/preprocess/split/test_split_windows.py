"""A row is a target of one split only. Validation and test may read earlier rows, and training its own rows only."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.row_numbers import as_array
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.preprocess.split.split_rows import split_rows

sizes = st.one_of(st.just(0), st.integers(1, 30), st.floats(0.05, 0.45))


def windowed(raw_sizes: dict[str, int], split: dict[str, Any], window: dict[str, int]) -> ProcessedData:
    """The value of each row is its row number, so the values of a window show its rows."""
    rows = iter(np.split(np.arange(float(sum(raw_sizes.values()))), np.cumsum(list(raw_sizes.values()))))
    frames = {name: pd.DataFrame({"row": part}) for name, part in zip(raw_sizes, rows, strict=False)}
    params = Preprocess.model_validate({"targets": "row", "split": split, "window": window})
    return preprocess(Table(frames, kind="series"), params)


def rows_of(data: ProcessedData, split: str) -> tuple[np.ndarray, np.ndarray]:
    """The input rows and the target row of each window."""
    return data.inputs(split)["x"][..., 0].astype(int), data.targets(split)["row"][:, 0].astype(int)


@settings(deadline=None, derandomize=True)
@given(
    rows=st.integers(4, 120),
    given_test_rows=st.one_of(st.none(), st.integers(2, 40)),
    test=sizes,
    validation=sizes,
    order=st.sampled_from(["chronological", "test_first"]),
    length=st.integers(1, 8),
    stride=st.integers(1, 12),
    horizon=st.integers(1, 8),
)
def test_no_row_is_in_windows_of_two_splits(
    rows: int,
    given_test_rows: int | None,
    test: Any,
    validation: Any,
    order: str,
    length: int,
    stride: int,
    horizon: int,
) -> None:
    raw_sizes = {"all": rows} if given_test_rows is None else {"train": rows, "test": given_test_rows}
    split = {"test": test if given_test_rows is None else "given", "validation": validation, "order": order}
    try:
        data = windowed(raw_sizes, split, {"length": length, "stride": stride, "horizon": horizon})
    except UserError:
        reject()
    own = {name: {*part} for name, part in rows_of_splits(raw_sizes, split).items()}
    for name in data.splits:
        inputs, targets = rows_of(data, name)
        assert np.array_equal(inputs, inputs[:, :1] + np.arange(length))
        assert np.array_equal(targets, inputs[:, -1] + horizon)
        assert np.array_equal(inputs[:, 0], inputs[0, 0] + stride * np.arange(len(inputs)))
        assert {*targets.tolist()} <= own[name]
        if name == "train" or order == "test_first":
            assert {*inputs.ravel().tolist()} <= own[name]
        else:
            # The rows before this split, in the same series.
            series_start = rows if given_test_rows is not None and name == "test" else 0
            assert inputs.min() >= max(series_start, min(own[name]) - length)
            assert inputs.max() < max(own[name])


def rows_of_splits(raw_sizes: dict[str, int], split: dict[str, Any]) -> dict[str, list[int]]:
    """The rows of each split, from a split without windows."""
    params = Preprocess.model_validate({"targets": "row", "split": split})
    return {name: as_array(rows).tolist() for name, rows in split_rows(params, raw_sizes, {}).items()}


def test_windows_of_ten_rows() -> None:
    """With four test rows, row 5 is the last training target and the last input of the first test window."""
    data = windowed({"all": 10}, {"test": 4, "order": "chronological"}, {"length": 2, "stride": 1, "horizon": 2})
    assert [part.tolist() for part in rows_of(data, "train")] == [[[0, 1], [1, 2], [2, 3]], [3, 4, 5]]
    assert [part.tolist() for part in rows_of(data, "test")] == [[[4, 5], [5, 6], [6, 7]], [7, 8, 9]]


def test_each_given_split_has_its_own_windows() -> None:
    split = {"test": "given", "order": "chronological"}
    assert windowed({"train": 10, "test": 10}, split, {"length": 3}).fitted.splits == {"train": 7, "test": 7}


def error(raw_sizes: dict[str, int], split: dict[str, Any], length: int) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        windowed(raw_sizes, split, {"length": length})
    return caught.value.messages


def test_a_split_of_two_raw_splits_is_not_one_series() -> None:
    split = {"test": "given", "order": "chronological"}
    [text] = error({"old": 20, "test": 9, "new": 20}, split, 2)
    assert text.startswith("preprocess.window: the train split joins old and new,")


def test_all_splits_that_are_too_short_are_reported() -> None:
    train, test = error({"all": 19}, {"test": 2, "validation": 9, "order": "test_first"}, 8)
    assert train.startswith("preprocess.window: length 8 and horizon 1 need 9 rows, but the train split has 8;")
    assert test.startswith("preprocess.window: length 8 and horizon 1 need 9 rows, but the test split has 2;")


def test_a_horizon_beyond_the_test_rows_is_reported_with_the_rows_before() -> None:
    with pytest.raises(UserError) as caught:
        windowed({"all": 20}, {"test": 2, "order": "chronological"}, {"length": 4, "horizon": 3})
    assert "need 7 rows, but the test split has 2 and 4 before it;" in str(caught.value)
