import numpy as np
import pytest

from stages.core.artefacts.raw import Tokens
from stages.core.errors import UserError
from stages.validate.expectations import text_statistics as texts
from stages.validate.expectations.builtin_checks import forms
from stages.validate.expectations.dataset_expectations import plan
from stages.validate.expectations.text_statistics import text_rows
from stages.validate.leakage.duplicates import text_groups
from stages.validate.params import Validate
from stages.validate.validation_result import validate


def tokens(train: list[list[int]], test: list[list[int]], **changed: object) -> Tokens:
    parts = {"train": train, "test": test}
    made = {
        "ids": {split: np.array([i for text in part for i in text], np.uint16) for split, part in parts.items()},
        "offsets": {split: np.cumsum([0, *map(len, part)]) for split, part in parts.items()},
        "labels": {split: np.zeros(len(part), np.uint8) for split, part in parts.items()},
        "classes": ["earn", "acq"],
    }
    return Tokens(**made | changed)


def test_figures_of_hand_worked_texts() -> None:
    rows = text_rows(tokens([[1, 9, 4, 9], [1]], [[7, 7]]))
    assert list(rows.frame.columns) == texts.COLUMNS
    assert rows.frame.to_numpy().tolist() == [[0, 4, 1, 9, 3], [0, 1, 1, 1, 1], [0, 2, 7, 7, 1]]
    assert rows.place(2) == ("test", 0)


def test_a_text_without_words_is_found() -> None:
    found = validate(tokens([[1, 2], []], [[3]]), Validate())
    assert any("smallest" in fault and "row 1 of train" in fault for fault in found.messages)


def test_texts_are_the_same_by_their_words_in_order() -> None:
    assert text_groups(tokens([[1, 2], [2, 1]], [[1, 2], [1], [2]])).tolist() == [0, 1, 0, 2, 3]


def test_a_text_in_two_splits_is_told() -> None:
    found = validate(tokens([[1, 2], [3]], [[3]]), Validate())
    assert found.messages == [
        "duplicates_across_splits: 1 rows are in an earlier split too, first row 0 of test is row 1 of train"
    ]
    assert validate(tokens([[1, 2], [3]], [[3]]), Validate(duplicates_across_splits="report")).messages == []


def test_labels_are_numbers_of_classes_and_columns_are_the_profiles() -> None:
    expected = plan(tokens([[1]], [[2]]), Validate()).expected
    assert expected[-1].arguments == {"column": "label", "value_set": [0, 1]}
    with pytest.raises(UserError, match="tokens have none; remove it"):
        plan(tokens([[1]], [[2]]), Validate(columns=["label"]))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"labels": {"train": np.zeros(1), "test": np.zeros(1)}}, "train has 2 texts and 1 labels"),
        ({"offsets": {"train": np.array([0, 1, 9]), "test": np.array([0, 1])}}, "train: its offsets do not cut"),
    ],
)
def test_arrays_that_do_not_belong_together(changed: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        text_rows(tokens([[1], [2]], [[3]], **changed))


def test_splits_are_alike_in_their_type() -> None:
    assert forms(tokens([[1]], [[2]])) == {"train": {"ids": "uint16"}, "test": {"ids": "uint16"}}
