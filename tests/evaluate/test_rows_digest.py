import numpy as np

from stages.evaluate.rows_digest import rows_digest
from tests.evaluate.processed_examples import STANDARD, class_and_value, values


def test_inputs_and_scaling_are_not_part_of_the_digest() -> None:
    y = [[1.0], [2], [3]]
    one = values({"train": ([[0]], [5]), "test": ([[1], [2], [3]], y)})
    other = values({"train": ([[0, 1]], [5]), "test": (np.zeros((3, 2)), y)}, steps=[STANDARD])
    assert rows_digest(one, "test") == rows_digest(other, "test")


def test_other_rows_and_other_targets_have_another_digest() -> None:
    x = [[1], [2], [3]]
    digests = {
        rows_digest(values({"train": ([[0]], [5]), "test": (x, x)}), "test"),
        rows_digest(values({"train": ([[0]], [5]), "test": (x, x)}), "train"),
        rows_digest(values({"train": ([[0], [1]], [5, 6]), "test": (x, x)}), "test"),
        rows_digest(values({"train": ([[0]], [5]), "test": (x, x)}, columns=["z"]), "test"),
        rows_digest(class_and_value(), "test"),
    }
    assert len(digests) == 5
