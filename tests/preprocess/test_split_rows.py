from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.preprocess.params import Split
from stages.preprocess.split_rows import split_rows

THIRTY = {"all": 30}
CLASSES = np.array([0] * 60 + [1] * 30 + [2] * 10)


def rows(given: dict[str, int] = THIRTY, classes: Any = None, **split: Any) -> dict[str, list[int]]:
    return {name: [*part] for name, part in split_rows(Split(**split), given, classes).items()}


def mistake(given: dict[str, int] = THIRTY, classes: Any = None, **split: Any) -> str:
    with pytest.raises(UserError) as caught:
        rows(given, classes, **split)
    return str(caught.value)


def test_fractions_and_numbers_of_rows() -> None:
    sizes = {name: len(part) for name, part in rows(test=0.2, validation=9).items()}
    assert sizes == {"train": 15, "validation": 9, "test": 6}


def test_six_to_two_to_two() -> None:
    """A fraction is one of all rows, and not of what another split has left."""
    sizes = {name: len(part) for name, part in rows({"all": 442}, test=0.2, validation=0.2).items()}
    assert sizes == {"train": 266, "validation": 88, "test": 88}


def test_nothing_asked_for_is_all_training() -> None:
    assert rows({"all": 3}) == {"train": [0, 1, 2]}


def test_chronological_holds_out_the_last_rows() -> None:
    parts = rows({"all": 10}, test=2, validation=3, order="chronological")
    assert parts == {"train": [0, 1, 2, 3, 4], "validation": [5, 6, 7], "test": [8, 9]}


def test_first_holds_out_the_first_rows() -> None:
    parts = rows({"all": 10}, test=2, validation=3, order="first")
    assert parts == {"validation": [0, 1, 2], "test": [3, 4], "train": [5, 6, 7, 8, 9]}


def test_the_splits_that_came_with_the_data_stay_what_they_are() -> None:
    parts = rows({"train": 5, "test": 3}, test="given", validation=2, order="chronological")
    assert parts == {"train": [0, 1, 2], "validation": [3, 4], "test": [5, 6, 7]}
    parts = rows({"test": 2, "validation": 1, "train": 3}, test="given", validation="given")
    assert parts == {"train": [3, 4, 5], "validation": [2], "test": [0, 1]}


def test_drawing_never_touches_a_given_split() -> None:
    parts = rows({"train": 20, "test": 10}, test="given", validation=0.5)
    assert parts["test"] == list(range(20, 30))
    assert sorted(parts["train"] + parts["validation"]) == list(range(20))


def test_a_split_that_is_not_given() -> None:
    expected = "preprocess.split.test: given, but the data has only all; use a fraction"
    assert mistake(test="given") == expected


@pytest.mark.parametrize("share", [0, 0.2, 3])
def test_a_given_test_split_never_slips_into_training(share: Any) -> None:
    text = mistake({"train": 20, "test": 10}, test=share)
    assert text == "preprocess.split.test: the data brings its own test split; say `test: given`"


def test_the_same_seed_draws_the_same_rows_and_another_one_others() -> None:
    once, again = rows(test=0.3, seed=1), rows(test=0.3, seed=1)
    assert once == again
    assert rows(test=0.3, seed=2)["test"] != once["test"]
    assert once["test"] != list(range(21, 30))


def test_drawn_rows_stay_in_their_first_order() -> None:
    parts = rows(test=0.3, validation=0.2)
    assert all(part == sorted(part) for part in parts.values())


def test_stratified_keeps_the_shares_of_the_classes() -> None:
    parts = split_rows(Split(test=0.2, validation=0.2, order="stratified"), {"all": 100}, CLASSES)
    shares = {name: np.bincount(CLASSES[part]).tolist() for name, part in parts.items()}
    assert shares == {"train": [36, 18, 6], "validation": [12, 6, 2], "test": [12, 6, 2]}


def test_stratified_needs_classes() -> None:
    text = mistake(test=0.2, order="stratified")
    assert text == "preprocess.split.order: stratified balances classes, but the target holds values; use shuffled"


def test_a_part_too_small_for_every_class() -> None:
    text = mistake({"all": 100}, CLASSES, test=2, order="stratified")
    assert text.startswith("preprocess.split.test: 2 rows cannot be drawn: ")


@pytest.mark.parametrize("order", ["shuffled", "chronological", "first"])
def test_no_rows_left_to_train_on(order: str) -> None:
    text = mistake(test=20, validation=10, order=order)
    assert text == "preprocess.split: 20 test and 10 validation of 30 rows leaves no rows to train on"


def test_no_rows_at_all() -> None:
    assert mistake({"all": 0}).endswith("of 0 rows leaves no rows to train on")


def test_only_held_out_rows_came_with_the_data() -> None:
    text = mistake({"test": 5}, test="given", validation=2)
    assert text == "preprocess.split: 2 validation of 0 rows leaves no rows to train on"
    text = mistake({"test": 5, "validation": 5}, test="given", validation="given")
    assert text == "preprocess.split: none of 0 rows leaves no rows to train on"


def test_a_share_that_comes_to_nothing() -> None:
    assert mistake(test=0.01) == "preprocess.split: 0.01 of 30 rows is no row at all; use a larger share"


shares = st.one_of(st.floats(0.1, 0.45), st.just(0), st.integers(2, 12))


@settings(deadline=None, derandomize=True)
@given(
    rows=st.integers(30, 90),
    test=shares,
    validation=shares,
    order=st.sampled_from(["shuffled", "stratified", "chronological", "first"]),
    seed=st.integers(0, 2**31),
)
def test_every_row_lands_in_exactly_one_split(rows: int, test: Any, validation: Any, order: Any, seed: int) -> None:
    split = Split(test=test, validation=validation, order=order, seed=seed)
    parts = split_rows(split, {"all": rows}, np.arange(rows) % 2)
    assert np.array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(rows))
    assert all(len(part) for part in parts.values())
