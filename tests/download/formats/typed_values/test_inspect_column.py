"""The numbers of a column against those that json and pandas have."""

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.core.errors import UserError
from tests.download.sample_files import read_table_content

NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
VALUES: list[st.SearchStrategy[Any]] = [NUMBERS, st.text(max_size=8), st.booleans()]


@pytest.mark.parametrize("values", VALUES, ids=["numbers", "texts", "truth values"])
def test_values_are_read_as_they_were_written(values: st.SearchStrategy[Any]) -> None:
    @given(st.lists(st.one_of(values, st.none()), min_size=1, max_size=20))
    def check(column: list[Any]) -> None:
        content = "".join(json.dumps({"a": value}) + "\n" for value in column)
        read = read_table_content(content.encode(), {"format": "jsonl"})["a"]
        assert [None if pd.isna(value) else value for value in read.tolist()] == column

    check()


@given(st.lists(st.one_of(*VALUES), min_size=1, max_size=8))
def test_a_column_has_one_kind_or_is_refused(column: list[Any]) -> None:
    content = "".join(json.dumps({"a": value}) + "\n" for value in column).encode()
    kinds = {str if isinstance(v, str) else bool if isinstance(v, bool) else float for v in column}
    if len(kinds) == 1:
        assert len(read_table_content(content, {"format": "jsonl"})) == len(column)
    else:
        with pytest.raises(UserError, match="but also"):
            read_table_content(content, {"format": "jsonl"})
    texts = read_table_content(content, {"format": "jsonl", "types": {"a": "text"}})["a"]
    assert all(isinstance(text, str) for text in texts)
