from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.params import Preprocess
from stages.preprocess.split.split_rows import split_rows

THIRTY = {"all": 30}
CLASSES = np.array([0] * 60 + [1] * 30 + [2] * 10)


def target(numbers: Any) -> RawColumn:
    return RawColumn(ClassLabels(columns=["kind"], classes=["a", "b", "c"], encoding="integer"), np.asarray(numbers))


def rows(raw_sizes: dict[str, int] = THIRTY, classes: Any = None, **split: Any) -> dict[str, list[int]]:
    values = RawColumn(NumberColumns(columns=["kind"]), np.zeros((sum(raw_sizes.values()), 1)))
    targets = {"kind": values if classes is None else target(classes)}
    parts = split_rows(Preprocess.model_validate({"split": split}), raw_sizes, targets)
    return {name: [*part] for name, part in parts.items()}


def sizes(raw_sizes: dict[str, int] = THIRTY, **split: Any) -> dict[str, int]:
    return {name: len(part) for name, part in rows(raw_sizes, **split).items()}


def error(raw_sizes: dict[str, int] = THIRTY, classes: Any = None, **split: Any) -> str:
    with pytest.raises(UserError) as caught:
        rows(raw_sizes, classes, **split)
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw_sizes", "split", "expected"),
    [
        (THIRTY, {"test": 0.2, "validation": 9}, {"train": 15, "validation": 9, "test": 6}),
        # Both are fractions of all rows.
        ({"all": 442}, {"test": 0.2, "validation": 0.2}, {"train": 266, "validation": 88, "test": 88}),
        ({"all": 3}, {}, {"train": 3}),
    ],
)
def test_fractions_and_numbers_of_rows(
    raw_sizes: dict[str, int], split: dict[str, Any], expected: dict[str, int]
) -> None:
    assert sizes(raw_sizes, **split) == expected


@pytest.mark.parametrize(
    ("raw_sizes", "split", "expected"),
    [
        (
            {"all": 10},
            {"test": 2, "validation": 3, "order": "chronological"},
            {"train": [0, 1, 2, 3, 4], "validation": [5, 6, 7], "test": [8, 9]},
        ),
        (
            {"all": 10},
            {"test": 2, "validation": 3, "order": "test_first"},
            {"validation": [0, 1, 2], "test": [3, 4], "train": [5, 6, 7, 8, 9]},
        ),
        (
            {"train": 5, "test": 3},
            {"test": "given", "validation": 2, "order": "chronological"},
            {"train": [0, 1, 2], "validation": [3, 4], "test": [5, 6, 7]},
        ),
        (
            {"test": 2, "validation": 1, "train": 3},
            {"test": "given", "validation": "given"},
            {"train": [3, 4, 5], "validation": [2], "test": [0, 1]},
        ),
    ],
)
def test_rows_in_order_and_given_splits(
    raw_sizes: dict[str, int], split: dict[str, Any], expected: dict[str, list[int]]
) -> None:
    assert rows(raw_sizes, **split) == expected


def test_no_row_is_drawn_from_a_given_split() -> None:
    parts = rows({"train": 20, "test": 10}, test="given", validation=0.5)
    assert parts["test"] == list(range(20, 30))
    assert sorted(parts["train"] + parts["validation"]) == list(range(20))


def test_a_given_split_that_the_data_does_not_have() -> None:
    assert error(test="given") == "preprocess.split.test: given, but the data has only all; use a fraction"


@pytest.mark.parametrize("size", [0, 0.2, 3])
def test_a_test_split_of_the_data_never_becomes_training_rows(size: Any) -> None:
    text = error({"train": 20, "test": 10}, test=size)
    assert text.startswith("preprocess.split.test: the data has a test split already;")
    assert text.endswith("`test: given`")


def test_the_seed_decides_which_rows_are_drawn() -> None:
    first, again = rows(test=0.3, seed=1), rows(test=0.3, seed=1)
    assert first == again
    assert rows(test=0.3, seed=2)["test"] != first["test"] != list(range(21, 30))


def test_drawn_rows_keep_their_order() -> None:
    assert all(part == sorted(part) for part in rows(test=0.3, validation=0.2).values())


def test_stratified_keeps_the_proportions_of_the_classes() -> None:
    parts = rows({"all": 100}, CLASSES, test=0.2, validation=0.2, order="stratified")
    counts = {name: np.bincount(CLASSES[part]).tolist() for name, part in parts.items()}
    assert counts == {"train": [36, 18, 6], "validation": [12, 6, 2], "test": [12, 6, 2]}


def test_stratified_needs_classes() -> None:
    text = error(test=0.2, order="stratified")
    assert text.startswith("preprocess.split.order: stratified balances classes")
    assert text.endswith("use shuffled")
    with pytest.raises(UserError, match="stratified balances classes"):
        split_rows(
            Preprocess.model_validate({"split": {"test": 0.2, "order": "stratified"}}),
            {"all": 100},
            {"a": target(CLASSES), "b": target(CLASSES)},
        )


def test_stratified_takes_the_target_that_is_a_class() -> None:
    price = RawColumn(NumberColumns(columns=["price"]), np.zeros((100, 1)))
    params = Preprocess.model_validate({"split": {"test": 0.2, "order": "stratified"}})
    parts = split_rows(params, {"all": 100}, {"price": price, "kind": target(CLASSES)})
    assert np.bincount(CLASSES[[*parts["test"]]]).tolist() == [12, 6, 2]


def test_a_split_too_small_for_every_class() -> None:
    text = error({"all": 100}, CLASSES, test=2, order="stratified")
    assert text.startswith("preprocess.split.test: 2 rows cannot be drawn: ")


def test_a_class_with_one_row_cannot_be_stratified() -> None:
    text = error({"all": 4}, [0, 1, 1, 2], test=2, order="stratified")
    assert text.startswith("preprocess.split.order: stratified ")
    assert "'a', 'c' has only one; take it out of the data, or use shuffled" in text
    assert rows({"all": 4}, [0, 1, 1, 2], order="stratified") == {"train": [0, 1, 2, 3]}


@pytest.mark.parametrize(
    ("raw_sizes", "split", "facts"),
    [
        *((THIRTY, {"test": 20, "validation": 10, "order": order}, "20 test and 10 validation of 30 rows")
          for order in ("shuffled", "chronological", "test_first")),
        ({"all": 0}, {}, "0 test and 0 validation of 0 rows"),
        ({"test": 5}, {"test": "given", "validation": 2}, "2 validation of 0 rows"),
        ({"test": 5, "validation": 5}, {"test": "given", "validation": "given"}, "none of 0 rows"),
    ],
)  # fmt: skip
def test_no_training_rows(raw_sizes: dict[str, int], split: dict[str, Any], facts: str) -> None:
    assert error(raw_sizes, **split) == f"preprocess.split: {facts} leaves no rows to train on"


def test_a_fraction_of_less_than_a_row() -> None:
    assert "preprocess.split: fraction 0.01 of 30 rows rounds to 0 rows" in error(test=0.01)


split_sizes = st.one_of(st.floats(0.1, 0.45), st.just(0), st.integers(2, 12))


@settings(deadline=None, derandomize=True)
@given(
    count=st.integers(30, 90),
    test=split_sizes,
    validation=split_sizes,
    order=st.sampled_from(["shuffled", "stratified", "chronological", "test_first"]),
    seed=st.integers(0, 2**31),
)
def test_every_row_is_in_exactly_one_split(count: int, test: Any, validation: Any, order: Any, seed: int) -> None:
    parts = rows({"all": count}, np.arange(count) % 2, test=test, validation=validation, order=order, seed=seed)
    assert sorted(row for part in parts.values() for row in part) == list(range(count))
    assert all(parts.values())
