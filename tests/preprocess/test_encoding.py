import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.errors import UserError
from stages.preprocess.encoding import class_numbers, matrix, occurring, one_hot

WAY_OUT = "take those rows out of the data, or the column out of inputs and targets"
FRAME = pd.DataFrame(
    {
        "length": [1.5, 2.5],
        "petals": [3, 5],
        "fresh": [True, False],
        "name": ["rose", "tulip"],
        "gap": [1.0, np.nan],
        "far": [-np.inf, 2.0],
    }
)


def test_one_hot() -> None:
    rows = one_hot(np.array([2, 0, 1]), 3)
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert rows.dtype == np.float32


def test_a_class_that_no_row_has_keeps_its_column() -> None:
    assert one_hot(np.array([0, 0]), 3).tolist() == [[1, 0, 0], [1, 0, 0]]


def test_class_numbers_are_places_among_the_classes() -> None:
    numbers = class_numbers(["tulip", "rose", "tulip"], ["rose", "tulip"], "kind")
    assert numbers.tolist() == [1, 0, 1]
    assert numbers.dtype == np.int64


def test_labels_may_be_numbers_or_truth_values() -> None:
    assert class_numbers([7, 3], ["3", "7"], "digit").tolist() == [1, 0]
    assert class_numbers([True, False], ["False", "True"], "ill").tolist() == [1, 0]


def test_unknown_labels_are_told_with_at_most_five_examples() -> None:
    with pytest.raises(UserError) as caught:
        class_numbers(["rose", *"abcdefg"], ["rose", "tulip"], "kind")
    assert str(caught.value) == (
        "kind: not among the classes rose, tulip: "
        "'a' in row 1, 'b' in row 2, 'c' in row 3, 'd' in row 4, 'e' in row 5 and 2 more"
    )


def test_columns_side_by_side_in_the_order_asked_for() -> None:
    rows = matrix(FRAME, ["petals", "length", "fresh"])
    assert rows.tolist() == [[3.0, 1.5, 1.0], [5.0, 2.5, 0.0]]
    assert rows.dtype == np.float64


def test_every_fault_of_every_column_at_once() -> None:
    with pytest.raises(UserError) as caught:
        matrix(FRAME, ["name", "gap", "far", "length"])
    assert caught.value.messages == (
        "column name holds str, not numbers; leave it out, or name it in preprocess.labels if it is a class",
        f"column gap: missing or infinite in rows 1; {WAY_OUT}",
        f"column far: missing or infinite in rows 0; {WAY_OUT}",
    )


def test_at_most_five_bad_rows() -> None:
    with pytest.raises(UserError, match="in rows 0, 1, 2, 3, 4 and 3 more"):
        matrix(pd.DataFrame({"a": [np.nan] * 8}), ["a"])


def test_a_time_is_no_number() -> None:
    times = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=2)})
    with pytest.raises(UserError, match="column day holds datetime64"):
        matrix(times, ["day"])


TEXTS = RaggedRows(np.array([9, 3, 9, 8, 2, 7, 300]), np.array([0, 0, 3, 3, 6, 7]))


@pytest.mark.parametrize(
    ("most", "rare", "expected"),
    [
        (301, None, [[], [3, 9], [], [2, 7, 8], [300]]),
        (300, None, [[], [3, 9], [], [2, 7, 8], []]),
        (8, None, [[], [3], [], [2, 7], []]),
        (8, 2, [[], [2, 3], [], [2, 7], [2]]),
        (8, 0, [[], [0, 3], [], [0, 2, 7], [0]]),
        (2, None, [[], [], [], [], []]),
    ],
)
def test_each_word_of_a_text_once_and_in_order(most: int, rare: int | None, expected: list[list[int]]) -> None:
    found = occurring(TEXTS, most, rare)
    assert [row.tolist() for row in found] == expected
    assert found.ids.dtype == np.min_scalar_type(most)
    hot = np.zeros((5, most))
    for row, ids in enumerate(expected):
        hot[row, ids] = 1
    assert found.multi_hot(most).tolist() == hot.tolist()
