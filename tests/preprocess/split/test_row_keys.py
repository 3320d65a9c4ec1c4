from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.errors import UserError
from stages.preprocess.split.row_keys import RowKeys, check_keys_in_one_split, read_row_keys


def keys_of_rows(**columns: Any) -> list[str]:
    keys = read_row_keys({name: pd.Series(values) for name, values in columns.items()}, "preprocess.split.key")
    return [keys.keys[number] for number in keys.numbers]


def test_equal_values_have_one_key() -> None:
    assert keys_of_rows(id=["b", "a", "b"]) == ["b", "a", "b"]
    assert keys_of_rows(id=[2, 10, 2]) == keys_of_rows(id=[2.0, 10.0, 2.0]) == ["2", "10", "2"]
    assert keys_of_rows(id=[1, "1", 1.0]) == ["1", "1", "1"]


def test_several_columns_are_one_key() -> None:
    assert keys_of_rows(a=["x", "x", "x, y"], b=["y, z", "y", "z"]) == ['["x", "y, z"]', '["x", "y"]', '["x, y", "z"]']


def test_times_have_the_same_key_in_every_resolution() -> None:
    days = ["2024-01-31", "2024-02-01"]
    seconds, nanoseconds = (pd.Series(pd.to_datetime(days)).astype(f"datetime64[{unit}]") for unit in ("s", "ns"))
    assert keys_of_rows(day=seconds) == keys_of_rows(day=nanoseconds) == ["2024-01-31T00:00:00", "2024-02-01T00:00:00"]


@pytest.mark.error_case("data that cannot be split")
def test_gaps_are_listed_for_all_columns() -> None:
    with pytest.raises(UserError) as caught:
        keys_of_rows(a=["x", None, "y"], b=[np.nan, 1.0, 2.0])
    assert [message.split(";")[0] for message in caught.value.messages] == [
        "preprocess.split.key: column a has no value in rows 1",
        "preprocess.split.key: column b has no value in rows 0",
    ]


@pytest.mark.error_case("data that cannot be split")
def test_a_key_in_two_splits_of_the_raw_data() -> None:
    keys = RowKeys(["patient"], ["ann", "bob", "cid"], np.array([0, 1, 1, 2]))
    check_keys_in_one_split(keys, {"train": range(1), "test": range(1, 4)}, "preprocess.columns")
    with pytest.raises(UserError) as caught:
        check_keys_in_one_split(keys, {"train": range(2), "test": range(2, 4)}, "preprocess.columns")
    message = str(caught.value)
    assert message.startswith("preprocess.columns: 1 values of patient are in several splits of the raw data: 'bob' ")
    assert "(the first in train and test)" in message
    with pytest.raises(UserError) as caught:
        check_keys_in_one_split(replace(keys, private=True), {"train": range(2), "test": range(2, 4)}, "columns")
    assert "that of row 1 (the first in train and test)" in str(caught.value)
    assert "bob" not in str(caught.value)
