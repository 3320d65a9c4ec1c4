from typing import Any

import numpy as np
import pytest

from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.errors import UserError


def labels(*classes: str, encoding: Any = "integer") -> ClassLabels:
    return ClassLabels(columns=["kind"], classes=list(classes), encoding=encoding)


@pytest.mark.parametrize(
    ("values", "classes", "expected"),
    [
        (["tulip", "rose", "tulip"], ["rose", "tulip"], [1, 0, 1]),
        ([7, 3], ["3", "7"], [1, 0]),
        ([True, False], ["False", "True"], [1, 0]),
    ],
)
def test_labels_of_any_type_become_class_numbers(values: list[Any], classes: list[str], expected: list[int]) -> None:
    np.testing.assert_array_equal(labels(*classes).numbers(values), np.array(expected, np.int64), strict=True)


def test_at_most_five_unknown_labels_are_listed() -> None:
    with pytest.raises(UserError) as caught:
        labels("rose", "tulip").numbers(["rose", *"abcdefg"])
    assert "kind: not among the classes rose, tulip: " in str(caught.value)
    assert "'a' in row 1, 'b' in row 2, 'c' in row 3, 'd' in row 4, 'e' in row 5 and 2 more" in str(caught.value)


@pytest.mark.parametrize(("numbers", "found"), [([0, 2], "0 to 2"), ([-1, 1], "-1 to 1")])
def test_class_numbers_outside_of_the_classes(numbers: list[int], found: str) -> None:
    with pytest.raises(UserError, match=f"kind: {found}, but there are 2 classes"):
        labels("a", "b").check(np.array(numbers))
    labels("a", "b").check(np.array([], np.int64))


@pytest.mark.parametrize(
    ("encoding", "values", "stored"),
    [
        ("one_hot", [2, 0, 1], np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]], np.float32)),
        # A class without rows keeps its column.
        ("one_hot", [0, 0], np.array([[1, 0, 0], [1, 0, 0]], np.float32)),
        ("integer", [2, 0], np.array([2, 0], np.int32)),
    ],
)
def test_transform_and_inverse(encoding: str, values: list[int], stored: Any) -> None:
    column = labels("a", "b", "c", encoding=encoding)
    transformed = column.transform(np.array(values))
    np.testing.assert_array_equal(transformed, stored, strict=True)
    assert column.inverse(transformed).tolist() == values
