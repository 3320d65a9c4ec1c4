"""No row is seen by windows of two splits, neither among their inputs nor as a target."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw import Table
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.pipeline import preprocess

shares = st.one_of(st.just(0), st.integers(1, 30), st.floats(0.05, 0.45))


def windowed(sizes: dict[str, int], split: dict[str, Any], window: dict[str, int]) -> ProcessedData:
    """Each value is the number of its row, so that a window says which rows it has."""
    rows = iter(np.split(np.arange(float(sum(sizes.values()))), np.cumsum(list(sizes.values()))))
    frames = {name: pd.DataFrame({"row": part}) for name, part in zip(sizes, rows, strict=False)}
    params = Preprocess.model_validate({"targets": "row", "split": split, "window": window})
    return preprocess(Table(frames, kind="series"), params)


def seen(data: ProcessedData, split: str) -> tuple[np.ndarray, np.ndarray]:
    return data.inputs(split)["x"][..., 0].astype(int), data.targets(split)["row"][:, 0].astype(int)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    rows=st.integers(4, 120),
    brought=st.one_of(st.none(), st.integers(2, 40)),
    test=shares,
    validation=shares,
    order=st.sampled_from(["chronological", "first"]),
    length=st.integers(1, 8),
    stride=st.integers(1, 12),
    horizon=st.integers(1, 8),
)
def test_any_split_and_any_window(
    rows: int,
    brought: int | None,
    test: Any,
    validation: Any,
    order: str,
    length: int,
    stride: int,
    horizon: int,
) -> None:
    sizes = {"all": rows} if brought is None else {"train": rows, "test": brought}
    split = {"test": test if brought is None else "given", "validation": validation, "order": order}
    try:
        data = windowed(sizes, split, {"length": length, "stride": stride, "horizon": horizon})
    except UserError:
        reject()
    owner: dict[int, str] = {}
    for name in data.splits:
        inputs, targets = seen(data, name)
        assert np.array_equal(inputs, inputs[:, :1] + np.arange(length))
        assert np.array_equal(targets, inputs[:, -1] + horizon)
        assert np.array_equal(inputs[:, 0], inputs[0, 0] + stride * np.arange(len(inputs)))
        for row in {*inputs.ravel().tolist(), *targets.tolist()}:
            assert owner.setdefault(row, name) == name


def test_hand_worked() -> None:
    """Rows 0 to 9 with four to test: 5 is the last target that training has, and 6 is the first row of the test."""
    data = windowed({"all": 10}, {"test": 4, "order": "chronological"}, {"length": 2, "stride": 1, "horizon": 2})
    assert [part.tolist() for part in seen(data, "train")] == [[[0, 1], [1, 2], [2, 3]], [3, 4, 5]]
    assert [part.tolist() for part in seen(data, "test")] == [[[6, 7]], [9]]


def test_two_given_parts_of_training_are_not_one_series() -> None:
    with pytest.raises(UserError, match="the train split joins train and more"):
        windowed({"train": 20, "more": 20}, {"test": 0, "order": "chronological"}, {"length": 2})
