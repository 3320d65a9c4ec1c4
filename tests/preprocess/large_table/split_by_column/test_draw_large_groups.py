from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.preprocess.large_table.split_by_column import draw_large_groups
from stages.preprocess.params import Preprocess
from tests.preprocess.large_table.split_by_column.split_both import split_in_blocks, split_in_memory


def params(**split: Any) -> Preprocess:
    fixed = {"inputs": ["x"], "columns": {"patient": "group"}, "targets": "y", "labels": "integer"}
    return Preprocess.model_validate({**fixed, "split": split})


def patients(groups: Any, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    count = len(groups)
    return pd.DataFrame({"x": random.normal(size=count), "patient": groups, "y": random.choice(["a", "b", "c"], count)})


SPLITS = {
    "shuffled": {"test": 0.2, "validation": 0.1},
    "stratified": {"test": 0.2, "validation": 31, "order": "stratified", "seed": 4},
}
GROUPS = {
    "numbers": np.random.default_rng(1).integers(0, 60, 400),
    "texts": np.random.default_rng(2).choice(["Zoë", "ann", "7", "b b", "ß"], 400, p=[0.3, 0.3, 0.2, 0.1, 0.1]),
    "dates": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(400) % 23, "D"),
}


@pytest.mark.parametrize("split", SPLITS.values(), ids=SPLITS)
@pytest.mark.parametrize("groups", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("block_rows", [37, 100, 399])
def test_the_rows_are_those_of_a_table_in_memory(split: dict[str, Any], groups: Any, block_rows: int) -> None:
    frames = {"all": patients(groups)}
    expected = split_in_memory(frames, params(**split))
    assert split_in_blocks(frames, params(**split), block_rows) == expected
    assert list(expected) == ["train", "validation", "test"]


@settings(deadline=None, derandomize=True, max_examples=25)
@given(st.lists(st.integers(0, 12), min_size=30, max_size=80), st.integers(3, 29), st.integers(0, 5))
def test_no_group_is_in_two_splits(groups: list[int], block_rows: int, seed: int) -> None:
    if len(set(groups)) < 3:
        return
    split = params(test=0.2, validation=0.2, seed=seed)
    found = split_in_blocks({"all": patients(groups)}, split, block_rows)
    assert sorted(row for rows in found.values() for row in rows) == list(range(len(groups)))
    of_split = [{groups[row] for row in rows} for rows in found.values()]
    assert sum(map(len, of_split)) == len(set(groups))


def test_a_number_with_and_without_a_fraction_is_one_group() -> None:
    """One block has whole numbers and another one floats, as files of several sources may."""
    frames = {"train": patients([1, 2, 3] * 10), "more": patients([1.0, 2.0, 4.5] * 10)}
    found = split_in_blocks(frames, params(test=0.3), 7)
    assert found == split_in_memory(frames, params(test=0.3))


@pytest.mark.parametrize("is_private", [False, True])
def test_a_group_of_a_given_split_in_another_one(is_private: bool) -> None:
    frames = {"train": patients([5, 6, 7, 8] * 10), "test": patients([9] * 15 + [7, 6, 9])}
    private = {"private": ["patient"]} if is_private else {}
    messages = []
    for found in (
        lambda: split_in_memory(frames, params(test="given", validation=0.2), **private),
        lambda: split_in_blocks(frames, params(test="given", validation=0.2), 10, **private),
    ):
        with pytest.raises(UserError) as raised:
            found()
        messages.append(str(raised.value))
    assert "preprocess.columns: 2 values of patient are in several splits of the raw data" in messages[0]
    assert messages[1] == messages[0]
    assert ("'6'" in messages[0]) is not is_private


def test_a_given_split_with_other_groups() -> None:
    frames = {"train": patients([5, 6, 7, 8] * 10), "test": patients([9] * 15 + [4, 10])}
    split = params(test="given", validation=0.2, order="stratified")
    assert split_in_blocks(frames, split, 10) == split_in_memory(frames, split)


@pytest.mark.error_case("data that cannot be split")
def test_rows_without_a_group_are_named_with_their_block() -> None:
    groups = pd.Series(["a", "b", "c"] * 20).where(np.arange(60) != 45)
    with pytest.raises(UserError) as raised:
        split_in_blocks({"all": patients(groups)}, params(test=0.2), 20)
    assert str(raised.value) == (
        "rows 40 to 59 (row 0 in this message is row 40): preprocess.columns: column patient has no value in rows 5; "
        "take those rows out of the data, or use another column"
    )


@pytest.mark.error_case("data that cannot be split")
def test_more_groups_than_the_memory_is_meant_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw_large_groups, "MOST_NUMBERS", 100)
    frames = {"all": patients(np.arange(200) % 25)}
    assert split_in_blocks(frames, params(test=0.2), 50) == split_in_memory(frames, params(test=0.2))
    with pytest.raises(UserError, match="may have 16 groups for 3 classes, and this one has more; use `split: "):
        split_in_blocks(frames, params(test=0.2, order="stratified"), 50)
    with pytest.raises(UserError, match="may have 25 groups, and"):
        split_in_blocks({"all": patients(np.arange(200) % 26)}, params(test=0.2), 50)
