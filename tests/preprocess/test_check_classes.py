import numpy as np
import pytest

from stages.core.errors import UserError
from stages.preprocess.check_classes import check_learnable, check_shared
from stages.preprocess.select_columns import Column


def kinds(*numbers: int) -> Column:
    return Column(np.array(numbers), ["kind"], ["a", "b", "c"], "integer")


def told(*numbers: int) -> list[str]:
    """The first three rows are for training, the others for the test."""
    with pytest.raises(UserError) as caught:
        check_learnable({"kind": kinds(*numbers)}, {"train": range(3), "test": range(3, len(numbers))})
    return list(caught.value.messages)


def test_every_class_that_is_asked_for_was_seen() -> None:
    rows = {"train": range(3), "test": range(3, 5)}
    check_learnable({"kind": kinds(0, 1, 2, 0, 0), "size": Column(np.zeros((5, 1)), ["size"])}, rows)


def test_a_class_that_training_never_saw() -> None:
    assert told(0, 1, 1, 1, 2) == [
        "target kind: 'c' in the test split was never seen in training; use split.order: stratified, or take those "
        "rows out of the data"
    ]


def test_one_class_and_others_later_are_two_faults() -> None:
    first, second = told(1, 1, 1, 0, 2)
    assert first.startswith("target kind: every training row is 'b'; there is nothing to tell apart")
    assert second.startswith("target kind: 'a', 'c' in the test split was never seen in training")


def test_a_class_with_one_row_cannot_be_shared_out() -> None:
    check_shared(kinds(0, 0, 1, 1), drawn=True)
    check_shared(kinds(0, 1, 1), drawn=False)
    with pytest.raises(UserError, match="the rows of each class, and 'a', 'c' has only one; take it out of the data"):
        check_shared(kinds(0, 1, 1, 2), drawn=True)
