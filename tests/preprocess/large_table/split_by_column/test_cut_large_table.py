from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from tests.preprocess.large_table.split_by_column.split_both import split_in_blocks, split_in_memory

RANDOM = np.random.default_rng(3)
DAYS = pd.Timestamp("2019-12-01") + pd.to_timedelta(RANDOM.integers(0, 90, 300), "D")
COLUMNS: dict[str, Any] = {
    "whole numbers": RANDOM.integers(0, 40, 300),
    "large numbers": 2**60 + RANDOM.integers(0, 5, 300),
    "numbers": RANDOM.normal(size=300).astype(np.float32),
    "times": DAYS,
    "times of a zone": DAYS.tz_localize("Europe/Berlin"),
    "texts": DAYS.strftime("%Y-%m-%d"),
    "texts with offsets": DAYS.strftime("%Y-%m-%d 23:30:00+02:00"),
}


def params(time_format: str | None = None, **split: Any) -> Preprocess:
    columns = {"when": {"kind": "date", "format": time_format}} if time_format else {}
    return Preprocess.model_validate(
        {"inputs": ["x"], "targets": "y", "columns": columns, "split": {"order": "chronological", "by": "when"} | split}
    )


def frame(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(float(len(values))), "when": values, "y": np.arange(float(len(values)))})


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
@pytest.mark.parametrize(("order", "block_rows"), [("chronological", 29), ("test_first", 100), ("chronological", 299)])
def test_the_rows_are_those_of_a_table_in_memory(values: Any, order: str, block_rows: int) -> None:
    split, frames = params(order=order, test=0.2, validation=41), {"all": frame(values)}
    assert split_in_blocks(frames, split, block_rows) == split_in_memory(frames, split)


def test_texts_in_a_format_of_their_own_and_a_given_test_split() -> None:
    texts = DAYS.strftime("%d.%m.%Y")
    frames = {"early": frame(texts[:120]), "late": frame(texts[120:200]), "test": frame(texts[200:])}
    split = params("%d.%m.%Y", test="given", validation=0.25)
    assert split_in_blocks(frames, split, 50) == split_in_memory(frames, split)


@settings(deadline=None, derandomize=True, max_examples=25)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=60), st.integers(1, 5), st.integers(1, 5), st.integers(2, 11))
def test_no_value_is_in_two_splits(values: list[int], validation: int, test: int, block_rows: int) -> None:
    if len(set(values)) < 3:
        return
    split = params(validation=validation, test=test)
    found = split_in_blocks({"all": frame(values)}, split, block_rows)
    assert sorted(row for rows in found.values() for row in rows) == list(range(len(values)))
    bounds = [(min(values[row] for row in rows), max(values[row] for row in rows)) for rows in found.values()]
    assert bounds[0][1] < bounds[1][0] <= bounds[1][1] < bounds[2][0]


@pytest.mark.error_case("data that cannot be split")
def test_values_without_an_order_are_named_with_their_block() -> None:
    values = pd.Series(DAYS.strftime("%Y-%m-%d"))
    values[210] = "soon"
    values[0] = None
    with pytest.raises(UserError) as raised:
        split_in_blocks({"all": frame(values)}, params(test=0.2), 100)
    assert str(raised.value) == (
        "rows 0 to 99 (row 0 in this message is row 0): preprocess.split.by: 1 values of column when are neither dates "
        "nor finite numbers: none in row 0; correct them, or take those rows out of the data; also wrong in rows 200 "
        "to 299"
    )
    with pytest.raises(UserError, match="column when is true or false"):
        split_in_blocks({"all": frame(np.arange(300) % 2 == 0)}, params(test=0.2), 100)


@pytest.mark.error_case("data that cannot be split")
def test_too_few_values() -> None:
    with pytest.raises(UserError, match="column when has 2 different values, too few for train and validation and"):
        split_in_blocks({"all": frame([1, 2] * 10)}, params(test=4, validation=4), 6)
