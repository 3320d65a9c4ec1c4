from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.row_numbers import as_array
from stages.core.errors import UserError
from stages.preprocess.split.by_hash import split_by_hash, split_of_key
from stages.preprocess.split.row_keys import read_row_keys

FRACTIONS = {"test": 0.2, "validation": 0.1}


def splits_by_key(values: list[Any], fractions: dict[str, float] = FRACTIONS, seed: int = 0) -> dict[str, str]:
    keys = read_row_keys({"id": pd.Series(values)}, "key")
    parts = split_by_hash(keys, range(len(values)), fractions, seed)
    return {keys.keys[keys.numbers[row]]: name for name, rows in parts.items() for row in as_array(rows)}


def test_the_split_of_a_key_never_changes() -> None:
    """Rows must stay where a released version put them: these splits were written down once."""
    found = [split_of_key(key, FRACTIONS, 7) for key in map(str, range(30))]
    assert [n for n, split in enumerate(found) if split == "test"] == [2, 5, 18, 23, 27, 28]
    assert [n for n, split in enumerate(found) if split == "validation"] == [25, 26]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 10**6), min_size=60, max_size=90, unique=True), st.data())
def test_rows_that_are_added_removed_or_reordered_move_no_other(values: list[int], data: st.DataObject) -> None:
    fractions = {"test": 0.3, "validation": 0.3}
    before = splits_by_key(values, fractions)
    more = data.draw(st.lists(st.integers(10**6, 10**7), max_size=20, unique=True))
    kept = data.draw(st.permutations(values))[: max(50, len(values) - 10)]
    after = splits_by_key(kept + more, fractions)
    assert {key: after[key] for key in map(str, kept)} == {key: before[key] for key in map(str, kept)}


def test_another_type_of_the_column_moves_no_key() -> None:
    """A fraction makes a column of floats, a word makes a column of texts."""
    numbers = list(range(80))
    whole = splits_by_key(numbers)
    assert {key: split for key, split in splits_by_key([*numbers, 0.5]).items() if key != "0.5"} == whole
    assert {key: split for key, split in splits_by_key([*map(str, numbers), "a"]).items() if key != "a"} == whole


def test_another_fraction_of_one_split_moves_no_key_of_the_other() -> None:
    small, large = splits_by_key(list(range(200))), splits_by_key(list(range(200)), FRACTIONS | {"validation": 0.4})
    assert [key for key in small if small[key] == "test"] == [key for key in large if large[key] == "test"]
    assert {key for key in small if small[key] == "validation"} < {key for key in large if large[key] == "validation"}


def test_the_fractions_are_reached_within_four_standard_deviations() -> None:
    found = list(splits_by_key(list(range(20_000))).values())
    for name, fraction in FRACTIONS.items():
        assert found.count(name) == pytest.approx(
            20_000 * fraction, abs=4 * (20_000 * fraction * (1 - fraction)) ** 0.5
        )


def test_the_seed_decides() -> None:
    assert splits_by_key(list(range(100))) != splits_by_key(list(range(100)), seed=1)


def test_rows_with_the_same_keys_stay_together() -> None:
    frame = pd.DataFrame({"site": ["a", "b"] * 150, "day": np.repeat(np.arange(75), 4)})
    keys = read_row_keys(dict(frame.items()), "key")
    parts = split_by_hash(keys, range(300), FRACTIONS, 0)
    seen: dict[int, str] = {}
    for name, rows in parts.items():
        for row in as_array(rows):
            assert seen.setdefault(int(keys.numbers[row]), name) == name
    assert len(seen) == 150
    assert sum(map(len, parts.values())) == 300


@pytest.mark.error_case("data that cannot be split")
def test_a_split_without_a_key() -> None:
    with pytest.raises(UserError) as caught:
        splits_by_key([1, 1, 1])
    assert len(caught.value.messages) == 2
    assert "none of the 1 values of id falls into test; use other fractions" in str(caught.value)
